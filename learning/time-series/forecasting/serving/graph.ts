import { encodeOnnxModel, int64s, OnnxGraph, tensor, type NodeOptions } from '../../../onnx/index.js';
import { MAX_LOG } from '../curve.js';

/**
 * Inputs of the graph, float64 unless stated otherwise. R curves of N series are evaluated at H steps at once; each curve
 * has P tables of at most M steps, W waves and S changepoints, padded with zeros.
 */
export const graphInputs = {
  days: ['R', 'H'],
  /** 1 … H. */
  steps: ['H'],
  /** Weight of each curve in the forecast of each series, else 0. */
  membership: ['N', 'R'],
  /** One row for each curve, with the columns `curveColumns`. */
  curves: ['R', 23],
  changepoints: ['R', 'S'],
  changes: ['R', 'S'],
  tables: ['R', 'P', 'M'],
  /** Steps in each table (int64). */
  periods: ['R', 'P'],
  /** 1 = the table is multiplicative, 0 = additive. */
  tableShares: ['R', 'P'],
  frequencies: ['R', 'W'],
  sines: ['R', 'W'],
  cosines: ['R', 'W'],
  waveShares: ['R', 'W'],
  /** Effects of holidays and regressors, in units of the scale. */
  additiveShifts: ['R', 'H'],
  multiplicativeShifts: ['R', 'H'],
} as const;
export type GraphInput = keyof typeof graphInputs;

/** Scalar parameters of a curve in the order of the graph's columns. */
export const curveColumns = [
  'damped',
  'level',
  'slope',
  'damping',
  'origin',
  'span',
  'rate',
  'offset',
  'logistic',
  'cap',
  'base',
  'scale',
  'log',
  'floor',
  'sigma',
  'relative',
  'spreadLevel',
  'spreadSlope',
  'spreadDamping',
  'spreadSeason',
  'spreadPeriod',
  'changepointVariance',
  'piecewise',
] as const;
export type CurveColumn = (typeof curveColumns)[number];

/** Names of the outputs, float64 (N, H). */
export const graphOutputs = { mean: 'mean', sd: 'sd' } as const;

/** Adds formulas to a graph: every method adds a node and returns the name of its output. */
class Formula {
  readonly graph = new OnnxGraph('forecast');
  private constants = 0;

  number(value: number): string {
    return this.graph.constant(`number_${this.constants++}`, tensor('float64', [1], Float64Array.of(value)));
  }

  axes(...axes: number[]): string {
    return this.graph.constant(`axes_${this.constants++}`, int64s(...axes));
  }

  op(operator: string, ...inputs: string[]): string {
    return this.graph.node(operator, inputs);
  }

  /** Sum over one axis, which is removed. */
  sum(value: string, axis: number): string {
    return this.graph.node('ReduceSum', [value, this.axes(axis)], { attributes: { keepdims: { int: 0 } } });
  }

  /** Adds an axis of length 1. */
  wider(value: string, axis: number): string {
    return this.op('Unsqueeze', value, this.axes(axis));
  }

  /** One column of `curves` as (R, 1). */
  column(name: CurveColumn): string {
    const at = curveColumns.indexOf(name);
    return this.op('Slice', 'curves', this.axes(at), this.axes(at + 1), this.axes(1));
  }

  finish(operator: string, inputs: readonly string[], options: NodeOptions): string {
    return this.graph.node(operator, inputs, options);
  }
}

/** φ + φ² + … + φʰ for each curve and step; `steps` broadcasts against (R, 1). */
function dampedSteps(f: Formula, damping: string, steps: string): string {
  const straight = f.op('Equal', damping, f.number(1));
  // For φ = 1 the quotient is 0 / 0; 0.5 in its place keeps the branch that is not selected finite.
  const safe = f.op('Where', straight, f.number(0.5), damping);
  const power = f.op('Pow', safe, steps);
  const numerator = f.op('Mul', safe, f.op('Sub', f.number(1), power));
  return f.op('Where', straight, steps, f.op('Div', numerator, f.op('Sub', f.number(1), safe)));
}

/** Scaled time (R, H) of piecewise trends. */
const scaledTime = (f: Formula): string => f.op('Div', f.op('Sub', 'days', f.column('origin')), f.column('span'));

function piecewise(f: Formula, t: string): string {
  const beyond = f.op('Relu', f.op('Sub', f.wider(t, 2), f.wider('changepoints', 1)));
  const changes = f.sum(f.op('Mul', beyond, f.wider('changes', 1)), 2);
  const line = f.op('Add', f.op('Mul', t, f.column('rate')), f.column('offset'));
  const z = f.op('Add', line, changes);
  const curve = f.op('Mul', f.column('cap'), f.op('Sigmoid', z));
  const chosen = f.op('Where', f.op('Greater', f.column('logistic'), f.number(0)), curve, z);
  return f.op('Add', chosen, f.column('base'));
}

function damped(f: Formula): string {
  const along = dampedSteps(f, f.column('damping'), 'steps');
  return f.op('Add', f.column('level'), f.op('Mul', f.column('slope'), along));
}

/** (R, H) sum of the tables and waves of one mode. @param share - multiplicative ones; else additive ones. */
function repeated(f: Formula, tables: string, waves: string, share: boolean): string {
  const keep = (shares: string): string => (share ? shares : f.op('Sub', f.number(1), shares));
  const seasonal = f.sum(f.op('Mul', tables, f.wider(keep('tableShares'), 2)), 1);
  const waving = f.sum(f.op('Mul', waves, f.wider(keep('waveShares'), 1)), 2);
  return f.op('Add', seasonal, waving);
}

/** Every table at every step: (R, P, H). */
function tableValues(f: Formula): string {
  const integer = { attributes: { to: { int: 7 } } };
  const ahead = f.op('Sub', f.graph.node('Cast', ['steps'], integer), f.axes(1));
  const index = f.op('Mod', ahead, f.wider('periods', 2));
  return f.graph.node('GatherElements', ['tables', index], { attributes: { axis: { int: 2 } } });
}

/** Every wave at every step: (R, H, W). */
function waveValues(f: Formula): string {
  const angle = f.op('Mul', f.wider('days', 2), f.wider('frequencies', 1));
  const sine = f.op('Mul', f.op('Sin', angle), f.wider('sines', 1));
  return f.op('Add', sine, f.op('Mul', f.op('Cos', angle), f.wider('cosines', 1)));
}

/** Forecast of each curve (R, H) before its floor. */
function curveMeans(f: Formula, t: string): string {
  const isDamped = f.op('Greater', f.column('damped'), f.number(0));
  const trend = f.op('Where', isDamped, damped(f), piecewise(f, t));
  const [tables, waves] = [tableValues(f), waveValues(f)];
  const shares = f.op('Add', repeated(f, tables, waves, true), 'multiplicativeShifts');
  const addends = f.op('Add', repeated(f, tables, waves, false), 'additiveShifts');
  const grown = f.op('Mul', trend, f.op('Add', f.number(1), shares));
  const scaled = f.op('Mul', f.op('Add', grown, addends), f.column('scale'));
  const raised = f.op('Exp', f.op('Min', scaled, f.number(MAX_LOG)));
  return f.op('Where', f.op('Greater', f.column('log'), f.number(0)), raised, scaled);
}

/** Growth of the error variance: 1 + Σ c_j² over the steps before each step. */
function growth(f: Formula): string {
  const before = f.op('Sub', 'steps', f.number(1));
  const along = dampedSteps(f, f.column('spreadDamping'), before);
  const rounds = f.op('Div', before, f.column('spreadPeriod'));
  // Steps at which a whole number of cycles has passed, up to 1e-9.
  const turn = f.op('Less', f.op('Abs', f.op('Sub', rounds, f.op('Round', rounds))), f.number(1e-9));
  const seasonal = f.op('Where', turn, f.column('spreadSeason'), f.number(0));
  const slope = f.op('Mul', f.column('spreadSlope'), along);
  const weight = f.op('Add', f.op('Add', f.column('spreadLevel'), slope), seasonal);
  const first = f.op('Less', before, f.number(0.5));
  const terms = f.op('Where', first, f.number(1), f.op('Mul', weight, weight));
  return f.op('CumSum', terms, f.graph.constant('time_axis', tensor('int64', [], BigInt64Array.of(1n))));
}

/** Standard deviation of each curve (R, H). */
function curveSpreads(f: Formula, t: string, means: string): string {
  const sigma = f.column('sigma');
  const noise = f.op('Mul', f.op('Mul', sigma, sigma), growth(f));
  const beyond = f.op('Relu', f.op('Sub', t, f.number(1)));
  const reach = f.op('Mul', beyond, f.column('scale'));
  const cubic = f.op('Mul', f.op('Mul', reach, reach), beyond);
  const changepoints = f.op('Mul', cubic, f.column('changepointVariance'));
  const bending = f.op('Mul', changepoints, f.column('piecewise'));
  const size = f.op('Where', f.op('Greater', f.column('relative'), f.number(0)), f.op('Abs', means), f.number(1));
  return f.op('Mul', size, f.op('Sqrt', f.op('Add', noise, bending)));
}

function declareInputs({ graph }: Formula): void {
  for (const [name, dims] of Object.entries(graphInputs)) {
    graph.input(name, name === 'periods' ? 'int64' : 'float64', dims);
  }
}

/**
 * One ONNX graph that evaluates the states of all forecasters: the parameters are inputs (see `forecastFeeds`), and the
 * outputs `mean` and `sd` (N, H) agree with `predictState` to a relative 1e-8. Float64, because float32 loses the phase
 * of a wave (day since the epoch × frequency). Deterministic: the bytes are always the same.
 */
export function forecastGraph(): Uint8Array {
  const f = new Formula();
  declareInputs(f);
  const t = scaledTime(f);
  const means = curveMeans(f, t);
  const floored = f.op('Max', means, f.column('floor'));
  f.finish('MatMul', ['membership', floored], { outputs: [graphOutputs.mean] });
  f.finish('MatMul', ['membership', curveSpreads(f, t, means)], { outputs: [graphOutputs.sd] });
  for (const name of Object.values(graphOutputs)) f.graph.output(name, 'float64', ['N', 'H']);
  return encodeOnnxModel(f.graph, { metadata: { estimator: 'forecast', schemaVersion: '1' } });
}
