import * as tf from '@tensorflow/tfjs-core';
import { layers as tfLayers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import { defineUnsupervised } from '../../estimator.js';
import { selectMatrixRows, type Matrix } from '../../numeric/matrix/index.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { fitStandardisation, standardise } from '../../numeric/standardisation/index.js';
import { autoencoderParams, type AutoencoderParams } from './params.js';
import { scoreAutoencoder } from './scoring.js';
import { layerWidths, type AutoencoderState, type DenseLayer } from './state.js';

/** Standardised features are clipped to this size in training, or a single row would dominate the gradient. */
const FAR_OUT = 5;

const activationOf = (layer: number, count: number): DenseLayer['activation'] =>
  layer < count - 1 ? 'tanh' : 'linear';

/** Glorot's normal initialisation from our own generator: TensorFlow.js' differs by backend. */
function startWeights(inputs: number, outputs: number, random: Random): tf.Tensor2D {
  const deviation = Math.sqrt(2 / (inputs + outputs));
  const values = Float32Array.from({ length: inputs * outputs }, () => deviation * random.normal());
  return tf.tensor2d(values, [inputs, outputs]);
}

function createNet(features: number, random: Random): Sequential {
  const widths = layerWidths(features);
  const net = sequential();
  widths.forEach((units, k) => {
    const inputs = k === 0 ? features : widths[k - 1]!;
    const shape = k === 0 ? { inputShape: [features] } : {};
    const dense = tfLayers.dense({
      units,
      activation: activationOf(k, widths.length),
      kernelInitializer: 'zeros',
      ...shape,
    });
    net.add(dense);
    tf.tidy(() => dense.setWeights([startWeights(inputs, units, random), tf.zeros([units])]));
  });
  return net;
}

/** One pass over the rows in random order. */
function trainEpoch(
  net: Sequential,
  rows: Matrix,
  batchSize: number,
  lent: { random: Random; optimizer: tf.Optimizer },
) {
  const order = lent.random.permutation(rows.rows);
  for (let start = 0; start < rows.rows; start += batchSize) {
    const batch = selectMatrixRows(rows, order.subarray(start, start + batchSize));
    tf.tidy(() => {
      const wanted = tf.tensor2d(Float32Array.from(batch.values), [batch.rows, batch.cols]);
      lent.optimizer.minimize(() => tf.losses.meanSquaredError(wanted, net.apply(wanted) as tf.Tensor2D));
    });
  }
}

function readLayers(net: Sequential): DenseLayer[] {
  return net.layers.map((layer, k) => {
    const [weights, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
    const [inputs, outputs] = weights.shape;
    const values = { weights: weights.dataSync<'float32'>().slice(), bias: bias.dataSync<'float32'>().slice() };
    return { inputs, outputs, ...values, activation: activationOf(k, net.layers.length) };
  });
}

function fitNet(params: AutoencoderParams, x: Matrix, context: ComputeContext): AutoencoderState {
  const random = createRandom(context.seed);
  const standardisation = fitStandardisation(x);
  const drawn = selectMatrixRows(x, random.permutation(x.rows).subarray(0, params.trainingRows));
  const rows = standardise(standardisation, drawn);
  rows.values.forEach((value, at) => (rows.values[at] = Math.max(-FAR_OUT, Math.min(FAR_OUT, value))));
  const net = createNet(x.cols, random);
  const optimizer = tf.train.adam(params.learningRate);
  for (let epoch = 0; epoch < params.epochs; epoch++) {
    context.signal.throwIfAborted();
    trainEpoch(net, rows, params.batchSize, { random, optimizer });
    context.onProgress({ stage: 'autoencoder', done: epoch + 1, total: params.epochs });
  }
  const layers = readLayers(net);
  net.dispose();
  optimizer.dispose();
  return { schemaVersion: 1, kind: 'autoencoder', standardisation, layers };
}

/**
 * A small dense net that learns to restore rows through a bottleneck; what it cannot restore does not follow the
 * relations that most rows follow. Hawkins, He, Williams and Baxter, "Outlier Detection Using Replicator Neural
 * Networks" (DaWaK 2002), here with tanh and Adam. Same inputs, parameters, seed and TensorFlow.js
 * backend give the same state. O(epochs · rows · weights).
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE`, `SHAPE_MISMATCH`, `INVALID_HYPERPARAMETERS`.
 */
export const autoencoder = defineUnsupervised<AutoencoderParams, AutoencoderState>({
  name: 'autoencoder',
  params: autoencoderParams,
  /** @param x - (n, p). */
  fit: (params, x, context) => fitNet(params, x, context),
  /** @param x - (m, p).  @returns (m,) root mean squared residual. */
  predict: scoreAutoencoder,
});
