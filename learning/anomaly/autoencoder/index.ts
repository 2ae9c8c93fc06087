import { loadBackend, type TensorBackend } from './backend.js';
import type { AutoencoderEstimator } from './state.js';

export type { TensorBackend } from './backend.js';
export { addAutoencoder, autoencoderGraph, toOnnx } from './onnx.js';
export { autoencoderParams, type AutoencoderParams } from './params.js';
export { scoreAutoencoder } from './scoring.js';
export { layerWidths, type AutoencoderEstimator, type AutoencoderState, type DenseLayer } from './state.js';

/**
 * The autoencoder with TensorFlow.js behind it. Only fitting needs this: scoring and the graph work from state alone,
 * so that TensorFlow.js is loaded for training only.
 */
export async function loadAutoencoder(): Promise<{ estimator: AutoencoderEstimator; backend: TensorBackend }> {
  const backend = await loadBackend();
  const { autoencoder } = await import('./training.js');
  return { estimator: autoencoder, backend };
}
