import { countMismatch, requireAtLeast, requireLength } from '../../checks.js';
import type { Random } from '../../numeric/random/index.js';
import { mean } from '../../numeric/statistics/mean.js';

/** One learned column of categories. */
interface CategoryStatistics {
  /** Sum of labels and number of rows by category. */
  readonly totals: Readonly<Record<string, readonly [sum: number, count: number]>>;
}

/** What `encodeTargetStatistics` needs: plain data, safe in JSON. */
export interface TargetStatisticsState {
  readonly schemaVersion: 1;
  /** Mean label of all rows: what an unseen category gets. */
  readonly prior: number;
  readonly smoothing: number;
  readonly columns: readonly CategoryStatistics[];
}

export interface TargetStatisticsOptions {
  /** Rows that the prior counts for: larger trusts rare categories less. @default 1 */
  readonly smoothing?: number;
  /** Random orders that a training row's value is averaged over. @default 4 */
  readonly orders?: number;
}

/** Categories of the rows, a column each; null is a category of its own. */
export type CategoryColumns = readonly (readonly (string | null)[])[];

/** Keeps null apart from the text "null", and from what every object has. */
const keyOf = (category: string | null): string => (category === null ? '∅' : `=${category}`);

function requireLengths(columns: CategoryColumns, rows: number): void {
  for (const [column, values] of columns.entries()) {
    if (values.length === rows) continue;
    throw countMismatch(`column ${column}`, values.length, rows, { details: { column } });
  }
}

const smoothed = (sum: number, count: number, { prior, smoothing }: { prior: number; smoothing: number }): number =>
  (sum + smoothing * prior) / (count + smoothing);

/** Adds one order's values: each row sees the labels of the rows before it and never its own. */
function addOrdered(
  into: Float64Array,
  keys: readonly string[],
  y: ArrayLike<number>,
  { order, ...weighting }: { order: ArrayLike<number>; prior: number; smoothing: number },
): void {
  const seen = new Map<string, [number, number]>();
  for (let k = 0; k < order.length; k++) {
    const row = order[k]!;
    const past = seen.get(keys[row]!) ?? [0, 0];
    into[row]! += smoothed(past[0], past[1], weighting);
    seen.set(keys[row]!, [past[0] + y[row]!, past[1] + 1]);
  }
}

function totalsOf(keys: readonly string[], y: ArrayLike<number>): CategoryStatistics {
  const totals = new Map<string, [number, number]>();
  keys.forEach((key, row) => {
    const [sum, count] = totals.get(key) ?? [0, 0];
    totals.set(key, [sum + y[row]!, count + 1]);
  });
  return { totals: Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/**
 * Ordered target statistics of categories: section 3.2 of Prokhorenkova et al., "CatBoost: unbiased boosting with
 * categorical features" (NeurIPS 2018). A training row's value is the smoothed mean label of the rows before it in a
 * random order, averaged over several orders, so that no row learns its own label; rows that are predicted get the mean
 * over all training rows. Fit inside the fold, on training rows alone.
 *
 * @param columns - (k, n) categories.  @param y - (n,) labels.
 * @returns the state, and the training rows' own values (k, n), which `encodeTargetStatistics` would leak.
 * @throws PipelineError `SHAPE_MISMATCH`, `TOO_FEW_ROWS` (none).
 */
export function fitTargetStatistics(
  columns: CategoryColumns,
  y: ArrayLike<number>,
  random: Random,
  { smoothing = 1, orders = 4 }: TargetStatisticsOptions = {},
): { readonly state: TargetStatisticsState; readonly encoded: readonly Float64Array[] } {
  requireLengths(columns, y.length);
  requireAtLeast('rows to learn categories from', y.length, 1);
  const prior = mean(y);
  const permutations = Array.from({ length: orders }, (_, index) => random.fork(index).permutation(y.length));
  const keys = columns.map((column) => column.map(keyOf));
  const encoded = keys.map((column) => {
    const values = new Float64Array(y.length);
    for (const order of permutations) addOrdered(values, column, y, { order, prior, smoothing });
    return values.map((value) => value / orders);
  });
  const state = { schemaVersion: 1 as const, prior, smoothing, columns: keys.map((column) => totalsOf(column, y)) };
  return { state, encoded };
}

/**
 * Values of new rows.
 * @param columns - (k, m) in the order of `fitTargetStatistics`.  @returns (k, m); an unseen category gets the prior.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function encodeTargetStatistics(state: TargetStatisticsState, columns: CategoryColumns): Float64Array[] {
  requireLength('the table', columns.length, state.columns.length, 'columns');
  return columns.map((column, k) => {
    const { totals } = state.columns[k]!;
    const valueOf = (category: string | null): number => {
      const key = keyOf(category);
      const [sum, count] = Object.hasOwn(totals, key) ? totals[key]! : [0, 0];
      return smoothed(sum, count, state);
    };
    return Float64Array.from(column, valueOf);
  });
}
