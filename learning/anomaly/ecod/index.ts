export { addTailScore, tailGraph, toOnnx } from './onnx.js';
export { tailScoreParams, type TailScoreParams } from './params.js';
export type { TailColumn } from './tail-columns.js';
export { tailScore, type TailScoreState } from './tail-score.js';
