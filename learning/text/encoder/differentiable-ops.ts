import type { GradientTape } from './tape.js';

/*
 * ONNX operations with their derivatives. Shapes are (rows, width) with one row per token or text unless stated
 * otherwise. Derivatives follow Rumelhart, Hinton & Williams (1986) and, for layer normalisation, Ba, Kiros & Hinton
 * (2016); training-graph.test.ts compares each with finite differences.
 */

const transposed = { transA: { int: 1 } };
const keepLast = { keepdims: { int: 1 } };

const sumOverRows = (tape: GradientTape, x: string): string =>
  tape.op('ReduceSum', [x, tape.integers(0)], { keepdims: { int: 0 } });

const meanOfRow = (tape: GradientTape, x: string): string =>
  tape.op('ReduceMean', [x], { axes: { ints: [-1] }, ...keepLast });

/** a + b of the same shape. */
export function add(tape: GradientTape, a: string, b: string): string {
  return tape.withDerivative(tape.op('Add', [a, b]), (derivative) => {
    tape.accumulate(a, derivative);
    tape.accumulate(b, derivative);
  });
}

export interface LinearWeights {
  /** (in, out) */
  readonly weight: string;
  /** (out,) */
  readonly bias: string;
}

/** x · weight + bias. */
export function linear(tape: GradientTape, x: string, { weight, bias }: LinearWeights): string {
  return tape.withDerivative(tape.op('Gemm', [x, weight, bias]), (derivative) => {
    tape.accumulate(weight, tape.op('Gemm', [x, derivative], transposed));
    tape.accumulate(bias, sumOverRows(tape, derivative));
    tape.accumulate(x, tape.op('Gemm', [derivative, weight], { transB: { int: 1 } }));
  });
}

export interface NormWeights {
  readonly gain: string;
  readonly bias: string;
  readonly epsilon: number;
}

/** Layer normalisation: each row to mean 0 and variance 1, times gain, plus bias. */
export function layerNorm(tape: GradientTape, x: string, { gain, bias, epsilon }: NormWeights): string {
  const name = `${x}/norm`;
  const outputs = [name, `${name}/mean`, `${name}/scale`];
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  tape.graph.node('LayerNormalization', [x, gain, bias], { attributes, outputs });
  return tape.withDerivative(name, (derivative) => {
    const standardised = tape.op('Mul', [tape.op('Sub', [x, outputs[1]!]), outputs[2]!]);
    tape.accumulate(gain, sumOverRows(tape, tape.op('Mul', [derivative, standardised])));
    tape.accumulate(bias, sumOverRows(tape, derivative));
    const scaledDerivative = tape.op('Mul', [derivative, gain]);
    const projection = tape.op('Mul', [
      standardised,
      meanOfRow(tape, tape.op('Mul', [scaledDerivative, standardised])),
    ]);
    const centred = tape.op('Sub', [tape.op('Sub', [scaledDerivative, meanOfRow(tape, scaledDerivative)]), projection]);
    tape.accumulate(x, tape.op('Mul', [centred, outputs[2]!]));
  });
}

/** Exact GELU, x · Φ(x) (Hendrycks & Gimpel 2016), in the form that onnxruntime fuses in a forward graph. */
export function gelu(tape: GradientTape, x: string): string {
  const erf = tape.op('Erf', [tape.op('Div', [x, tape.number(Math.SQRT2)])]);
  const onePlusErf = tape.op('Add', [erf, tape.number(1)]);
  const result = tape.op('Mul', [tape.op('Mul', [x, onePlusErf]), tape.number(0.5)]);
  return tape.withDerivative(result, (derivative) => {
    const distribution = tape.op('Mul', [onePlusErf, tape.number(0.5)]);
    const exponent = tape.op('Mul', [tape.op('Mul', [x, x]), tape.number(-0.5)]);
    const density = tape.op('Mul', [tape.op('Exp', [exponent]), tape.number(1 / Math.sqrt(2 * Math.PI))]);
    const slope = tape.op('Add', [distribution, tape.op('Mul', [x, density])]);
    tape.accumulate(x, tape.op('Mul', [derivative, slope]));
  });
}

/** Dropout (Srivastava et al. 2014): x times a mask of zeros and 1 / (1 − rate) that the caller provides. */
export function applyMask(tape: GradientTape, x: string, mask: string): string {
  return tape.withDerivative(tape.op('Mul', [x, mask]), (derivative) =>
    tape.accumulate(x, tape.op('Mul', [derivative, mask])),
  );
}

export interface AttentionParts {
  /** (batch, 1, 1, length) added to the scores: 0 for tokens, a large negative number for padding. */
  readonly bias: string;
  /** int64 sizes [batch, length, 3, heads, width of a head]. */
  readonly sizes: string;
  /** int64 sizes [1, batch, length, heads, width of a head]. */
  readonly groups: string;
  /** int64 sizes [batch · length, hidden]. */
  readonly flat: string;
  readonly headWidth: number;
  /** (batch, heads, length, length) dropout mask of the attention weights; null = no dropout. */
  readonly mask: string | null;
}

const transposeLastTwo = { perm: { ints: [0, 1, 2, 4, 3] } };
const splitHeads = { perm: { ints: [2, 0, 3, 1, 4] } };
const mergeProjections = { perm: { ints: [1, 3, 0, 2, 4] } };
const swapHeadsAndLength = { perm: { ints: [0, 1, 3, 2, 4] } };

/**
 * Multi-head self-attention (Vaswani et al. 2017).
 * @param projected - (batch · length, 3 · hidden): queries, keys and values side by side.
 * @returns (batch · length, hidden).
 */
export function attention(tape: GradientTape, projected: string, parts: AttentionParts): string {
  const swap = (x: string): string => tape.op('Transpose', [x], transposeLastTwo);
  const product = (a: string, b: string): string => tape.op('MatMul', [a, b]);
  const scale = tape.number(1 / Math.sqrt(parts.headWidth));
  const stacked = tape.op('Transpose', [tape.op('Reshape', [projected, parts.sizes])], splitHeads);
  const [queries, keys, values] = ['queries', 'keys', 'values'].map((part) => `${projected}/${part}`);
  tape.graph.node('Split', [stacked], { attributes: { axis: { int: 0 } }, outputs: [queries!, keys!, values!] });
  const scores = tape.op('Add', [tape.op('Mul', [product(queries!, swap(keys!)), scale]), parts.bias]);
  const attentionWeights = tape.op('Softmax', [scores], { axis: { int: -1 } });
  const maskedWeights = parts.mask === null ? attentionWeights : tape.op('Mul', [attentionWeights, parts.mask]);
  const mixed = product(maskedWeights, values!);
  const result = tape.op('Reshape', [tape.op('Transpose', [mixed], swapHeadsAndLength), parts.flat]);
  return tape.withDerivative(result, (derivative) => {
    const grouped = tape.op('Transpose', [tape.op('Reshape', [derivative, parts.groups])], swapHeadsAndLength);
    const maskedWeightsDerivative = product(grouped, swap(values!));
    const weightsDerivative =
      parts.mask === null ? maskedWeightsDerivative : tape.op('Mul', [maskedWeightsDerivative, parts.mask]);
    const weighted = tape.op('Mul', [weightsDerivative, attentionWeights]);
    const total = tape.op('ReduceSum', [weighted, tape.integers(-1)], keepLast);
    const scoresDerivative = tape.op('Mul', [
      tape.op('Sub', [weighted, tape.op('Mul', [attentionWeights, total])]),
      scale,
    ]);
    const partDerivatives = [
      product(scoresDerivative, keys!),
      product(swap(scoresDerivative), queries!),
      product(swap(maskedWeights), grouped),
    ];
    const concatenated = tape.op('Concat', partDerivatives, { axis: { int: 0 } });
    const shape = tape.op('Shape', [projected]);
    tape.accumulate(projected, tape.op('Reshape', [tape.op('Transpose', [concatenated], mergeProjections), shape]));
  });
}
