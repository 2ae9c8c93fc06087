export { addEcod, ecodGraph, toOnnx } from './onnx.js';
export { ecodParams, type EcodParams } from './params.js';
export type { TailColumn } from './tail-columns.js';
export { ecod, type EcodState } from './ecod.js';
