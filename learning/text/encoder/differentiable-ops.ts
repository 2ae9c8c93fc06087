import type { GradientTape } from './tape.js';

/*
 * Operations with their derivatives. Rows are tokens or texts: (rows, width) unless said otherwise. Derivatives follow
 * Rumelhart, Hinton and Williams (1986) and, for layer normalisation, Ba, Kiros and Hinton (2016); the finite
 * differences in training-graph.test.ts check each of them.
 */

const transposed = { transA: { int: 1 } };
const keepLast = { keepdims: { int: 1 } };

const sumOverRows = (tape: GradientTape, x: string): string =>
  tape.op('ReduceSum', [x, tape.integers(0)], { keepdims: { int: 0 } });

const meanOfRow = (tape: GradientTape, x: string): string =>
  tape.op('ReduceMean', [x], { axes: { ints: [-1] }, ...keepLast });

/** a + b, same shape. */
export function add(tape: GradientTape, a: string, b: string): string {
  return tape.derive(tape.op('Add', [a, b]), (derivative) => {
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
  return tape.derive(tape.op('Gemm', [x, weight, bias]), (derivative) => {
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

/** Each row to mean 0 and variance 1, times gain, plus bias. */
export function layerNorm(tape: GradientTape, x: string, { gain, bias, epsilon }: NormWeights): string {
  const name = `${x}/norm`;
  const outputs = [name, `${name}/mean`, `${name}/scale`];
  const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
  tape.graph.node('LayerNormalization', [x, gain, bias], { attributes, outputs });
  return tape.derive(name, (derivative) => {
    const standardised = tape.op('Mul', [tape.op('Sub', [x, outputs[1]!]), outputs[2]!]);
    tape.accumulate(gain, sumOverRows(tape, tape.op('Mul', [derivative, standardised])));
    tape.accumulate(bias, sumOverRows(tape, derivative));
    const inner = tape.op('Mul', [derivative, gain]);
    const along = tape.op('Mul', [standardised, meanOfRow(tape, tape.op('Mul', [inner, standardised]))]);
    const centred = tape.op('Sub', [tape.op('Sub', [inner, meanOfRow(tape, inner)]), along]);
    tape.accumulate(x, tape.op('Mul', [centred, outputs[2]!]));
  });
}

/** x · Φ(x), exact. Written so that onnxruntime recognises it in a forward graph. */
export function gelu(tape: GradientTape, x: string): string {
  const error = tape.op('Erf', [tape.op('Div', [x, tape.number(Math.SQRT2)])]);
  const twice = tape.op('Add', [error, tape.number(1)]);
  const result = tape.op('Mul', [tape.op('Mul', [x, twice]), tape.number(0.5)]);
  return tape.derive(result, (derivative) => {
    const distribution = tape.op('Mul', [twice, tape.number(0.5)]);
    const exponent = tape.op('Mul', [tape.op('Mul', [x, x]), tape.number(-0.5)]);
    const density = tape.op('Mul', [tape.op('Exp', [exponent]), tape.number(1 / Math.sqrt(2 * Math.PI))]);
    const slope = tape.op('Add', [distribution, tape.op('Mul', [x, density])]);
    tape.accumulate(x, tape.op('Mul', [derivative, slope]));
  });
}

/** x times a mask of zeros and 1/(1 − rate): dropout whose chance is the caller's (Srivastava et al., 2014). */
export function masked(tape: GradientTape, x: string, mask: string): string {
  return tape.derive(tape.op('Mul', [x, mask]), (derivative) => tape.accumulate(x, tape.op('Mul', [derivative, mask])));
}

export interface AttentionParts {
  /** (batch, 1, 1, length) added to the scores: 0 for a token, very negative for filling. */
  readonly bias: string;
  /** int64 sizes [batch, length, 3, heads, width of a head]. */
  readonly sizes: string;
  /** int64 sizes [1, batch, length, heads, width of a head]. */
  readonly groups: string;
  /** int64 sizes [batch · length, hidden]. */
  readonly flat: string;
  readonly headWidth: number;
  /** Of (batch, heads, length, length), for the attention's own dropout; null: none. */
  readonly mask: string | null;
}

const swapLast = { perm: { ints: [0, 1, 2, 4, 3] } };
const apart = { perm: { ints: [2, 0, 3, 1, 4] } };
const together = { perm: { ints: [1, 3, 0, 2, 4] } };
const regroup = { perm: { ints: [0, 1, 3, 2, 4] } };

/**
 * Multi-head self-attention (Vaswani et al., 2017).
 * @param projected - (batch · length, 3 · hidden): queries, keys and values side by side.
 * @returns (batch · length, hidden).
 */
export function attention(tape: GradientTape, projected: string, parts: AttentionParts): string {
  const swap = (x: string): string => tape.op('Transpose', [x], swapLast);
  const product = (a: string, b: string): string => tape.op('MatMul', [a, b]);
  const scale = tape.number(1 / Math.sqrt(parts.headWidth));
  const stacked = tape.op('Transpose', [tape.op('Reshape', [projected, parts.sizes])], apart);
  const [queries, keys, values] = ['queries', 'keys', 'values'].map((part) => `${projected}/${part}`);
  tape.graph.node('Split', [stacked], { attributes: { axis: { int: 0 } }, outputs: [queries!, keys!, values!] });
  const scores = tape.op('Add', [tape.op('Mul', [product(queries!, swap(keys!)), scale]), parts.bias]);
  const shares = tape.op('Softmax', [scores], { axis: { int: -1 } });
  const used = parts.mask === null ? shares : tape.op('Mul', [shares, parts.mask]);
  const mixed = product(used, values!);
  const result = tape.op('Reshape', [tape.op('Transpose', [mixed], regroup), parts.flat]);
  return tape.derive(result, (derivative) => {
    const grouped = tape.op('Transpose', [tape.op('Reshape', [derivative, parts.groups])], regroup);
    const forUsed = product(grouped, swap(values!));
    const forShares = parts.mask === null ? forUsed : tape.op('Mul', [forUsed, parts.mask]);
    const weighted = tape.op('Mul', [forShares, shares]);
    const total = tape.op('ReduceSum', [weighted, tape.integers(-1)], keepLast);
    const forScores = tape.op('Mul', [tape.op('Sub', [weighted, tape.op('Mul', [shares, total])]), scale]);
    const forParts = [product(forScores, keys!), product(swap(forScores), queries!), product(swap(used), grouped)];
    const joined = tape.op('Concat', forParts, { axis: { int: 0 } });
    const shape = tape.op('Shape', [projected]);
    tape.accumulate(projected, tape.op('Reshape', [tape.op('Transpose', [joined], together), shape]));
  });
}
