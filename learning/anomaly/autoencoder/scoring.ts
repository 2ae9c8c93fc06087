import { requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { standardise } from '../../numeric/standardisation/index.js';
import type { AutoencoderState, DenseLayer } from './state.js';

function applyLayer(layer: DenseLayer, row: Float64Array): Float64Array {
  const result = Float64Array.from(layer.bias);
  for (let i = 0, at = 0; i < layer.inputs; i++) {
    for (let j = 0; j < layer.outputs; j++, at++) result[j]! += row[i]! * layer.weights[at]!;
  }
  return layer.activation === 'tanh' ? result.map(Math.tanh) : result;
}

function residual(layers: readonly DenseLayer[], row: Float64Array): number {
  const restored = layers.reduce((values, layer) => applyLayer(layer, values), row);
  return Math.sqrt(row.reduce((sum, value, j) => sum + (value - restored[j]!) ** 2, 0) / row.length);
}

/**
 * How badly the net restores a row: root mean squared residual of the standardised features.
 * @param x - (m, p).  @returns (m,) ≥ 0, higher = more anomalous.  @throws PipelineError `SHAPE_MISMATCH`.
 */
export function scoreAutoencoder({ standardisation, layers }: AutoencoderState, x: Matrix): Float64Array {
  requireWidth(x, standardisation.center.length);
  const rows = standardise(standardisation, x);
  return Float64Array.from({ length: x.rows }, (_, i) =>
    residual(layers, rows.values.subarray(i * x.cols, (i + 1) * x.cols)),
  );
}
