export { rowCoverage } from './coverage.js';
export { featureSpec } from './feature-spec.js';
export { monotoneDirections } from './monotone.js';
export {
  columnCells,
  encode,
  encodedNames,
  encodedWidth,
  encodeInputs,
  encodeMatrix,
  encodeTable,
  fitPreprocessing,
  inputSchema,
  preprocessing,
  type Cell,
  type Preprocessing,
  type RowInput,
  type RowPredictor,
} from './preprocessing.js';
export { quantileInputs } from './quantile-inputs.js';
export { rowInputs } from './row-inputs.js';
