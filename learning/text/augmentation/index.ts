export { switchCode } from './code-switching.js';
export { addTypos } from './typos.js';
