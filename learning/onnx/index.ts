export type { Attribute } from './attribute.js';
export { OnnxGraph, type NodeOptions, type SymbolicDims } from './graph.js';
export { DEFAULT_OPSETS, encodeOnnxModel, type ModelOptions } from './model.js';
export { elementTypes, int64s, scalar, tensor, type ElementType, type OnnxTensor } from './tensor.js';
export { treeEnsembleRegressor, type EnsembleTree, type TreeEnsembleOptions } from './tree-ensemble.js';
