import type { UnsupervisedEstimator } from '../../estimator.js';
import type { Standardisation } from '../../numeric/standardisation/index.js';
import type { AutoencoderParams } from './params.js';

/** One dense layer: activation(x · weights + bias). */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** (inputs, outputs) row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly activation: 'tanh' | 'linear';
}

/** Learned net: plain data. */
export interface AutoencoderState {
  readonly schemaVersion: 1;
  readonly kind: 'autoencoder';
  readonly standardisation: Standardisation;
  /** From features through a bottleneck back to features. */
  readonly layers: readonly DenseLayer[];
}

export type AutoencoderEstimator = UnsupervisedEstimator<AutoencoderParams, AutoencoderState>;

/** Widths of the layers after the input: half, a third (the bottleneck), half, all. Narrow sets keep one unit. */
export function layerWidths(features: number): number[] {
  const [half, third] = [Math.ceil(features / 2), Math.ceil(features / 3)];
  const inner = [Math.max(1, half), Math.max(1, Math.min(third, features - 1)), Math.max(1, half)];
  return [...inner.map((width) => Math.min(width, 32)), features];
}
