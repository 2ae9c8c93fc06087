export { matrix, matrixFromColumns, matrixFromRows, selectMatrixRows, type Matrix } from './matrix.js';
