import { scalar, tensor, type OnnxGraph } from '../../onnx/index.js';
import type { Calibration } from './calibration.js';

const vector = (values: readonly number[]) => tensor('float32', [values.length], Float32Array.from(values));

function betaNodes(graph: OnnxGraph, margin: string, { a, b, c }: Extract<Calibration, { kind: 'beta' }>): string {
  const high = graph.node('Mul', [graph.node('Softplus', [margin]), graph.constant('calibrationB', scalar(b))]);
  const low = graph.node('Mul', [
    graph.node('Softplus', [graph.node('Neg', [margin])]),
    graph.constant('calibrationA', scalar(a)),
  ]);
  return graph.node('Add', [graph.node('Sub', [high, low]), graph.constant('calibrationC', scalar(c))]);
}

/** Σ slope · (the part of the way from the first knot that lies on this piece) + the first probability. */
function isotonicNodes(
  graph: OnnxGraph,
  margin: string,
  { margins, probabilities }: Extract<Calibration, { kind: 'isotonic' }>,
): string {
  const lengths = margins.slice(1).map((to, i) => to - margins[i]!);
  const slopes = lengths.map((length, i) => (probabilities[i + 1]! - probabilities[i]!) / length);
  const start = graph.constant('calibrationStart', scalar(probabilities[0]!));
  // A single knot: the same answer for every row, still of the shape of the margin.
  if (lengths.length === 0) return graph.node('Add', [graph.node('Sub', [margin, margin]), start]);
  const past = graph.node('Sub', [margin, graph.constant('calibrationKnots', vector(margins.slice(0, -1)))]);
  const begun = graph.node('Max', [past, graph.constant('calibrationZero', scalar(0))]);
  const way = graph.node('Min', [begun, graph.constant('calibrationLengths', vector(lengths))]);
  const weights = tensor('float32', [slopes.length, 1], Float32Array.from(slopes));
  const risen = graph.node('MatMul', [way, graph.constant('calibrationSlopes', weights)]);
  return graph.node('Add', [risen, start]);
}

/**
 * Adds a calibration behind a margin.
 * @param margin - name of a (rows, 1) float32 value, log-odds.  @param output - name of the result.
 * @returns the name of the (rows, 1) calibrated probability; agrees with `calibratedProbability` to 1e-5.
 */
export function calibrationNodes(graph: OnnxGraph, margin: string, fitted: Calibration, output: string): string {
  const outputs = { outputs: [output] };
  if (fitted.kind === 'isotonic') return graph.node('Identity', [isotonicNodes(graph, margin, fitted)], outputs);
  const calibrated = fitted.kind === 'beta' ? betaNodes(graph, margin, fitted) : margin;
  return graph.node('Sigmoid', [calibrated], outputs);
}
