export { neighbourDistance, type NeighbourDistanceState } from './neighbour-distance.js';
export { addDistance, distanceGraph, toOnnx } from './onnx.js';
export {
  neighbourDistanceParams,
  referenceDistanceParams,
  type NeighbourDistanceParams,
  type ReferenceDistanceParams,
} from './params.js';
export { renewReferences } from './renew-references.js';
export { referenceDistance, type ReferenceDistanceState } from './reference-distance.js';
