export { rowCoverage } from './coverage.js';
export { featureSpec } from './feature-spec.js';
export { momentInput } from './moment-input.js';
export { monotoneDirections } from './monotone.js';
export {
  columnCells,
  encode,
  encodedNames,
  encodedWidth,
  encodeInputs,
  inputEncoder,
  encodeMatrix,
  encodeTable,
  fitPreprocessing,
  inputSchema,
  knownCells,
  numberInput,
  plainInput,
  preprocessing,
  type Cell,
  type EncodedFeature,
  type Preprocessing,
  type RowInput,
  type RowPredictor,
} from './preprocessing.js';
export { optionalText } from './optional-text.js';
export { quantileInputs, quantileRequests } from './quantile-inputs.js';
export { rowInputs } from './row-inputs.js';
