import type { DatasetRef } from '../../contracts/dataset.js';
import type { Metric } from '../../contracts/evaluation.js';
import { formatEstimate, formatDecimals, formatValue, shortHash } from './format.js';
import type { HumanTable } from './table.js';

/** The facts of a run or version that a comparison shows. */
export interface Comparable {
  readonly metrics: readonly Metric[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly dataset: DatasetRef | null;
  readonly artefactHash: string | null;
}

/**
 * Runs or versions side by side: every metric, then the parameters and data in which they differ. The last column has the
 * change of a metric from the first to the last.
 * @param names - of the columns.  @param sides - two or more, in the same order.
 */
export function differenceTable(names: readonly string[], sides: readonly Comparable[]): HumanTable {
  const rows = [...metricRows(sides), ...differing(sides.map(facts))];
  return { head: ['', ...names, names.length === 2 ? 'difference' : 'first to last'], rows };
}

function metricRows(sides: readonly Comparable[]): string[][] {
  const names = [...new Set(sides.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];
  return names.map((name) => {
    const found = sides.map(({ metrics }) => metrics.find((metric) => metric.name === name));
    const cells = found.map((metric) => (metric ? formatEstimate(metric.value, metric.interval) : '–'));
    return [name, ...cells, changeOf(found[0], found.at(-1))];
  });
}

/** Last minus first; a dash where either is missing or not measurable. */
const changeOf = (first?: Metric, last?: Metric): string =>
  first === undefined || last === undefined || first.value === null || last.value === null
    ? '–'
    : signed(last.value - first.value);

const signed = (value: number): string => (value > 0 ? `+${formatDecimals(value)}` : formatDecimals(value));

function facts({ params, dataset, artefactHash }: Comparable): Map<string, string> {
  const named = Object.entries(params).map(([name, value]): [string, string] => [name, formatValue(value)]);
  const hash = (value: string | null | undefined): string => (value ? shortHash(value) : '–');
  return new Map([
    ...named,
    ['rows', dataset ? String(dataset.rows) : '–'],
    ['dataset', hash(dataset?.hash)],
    ['artefact', hash(artefactHash)],
  ]);
}

function differing(sides: readonly ReadonlyMap<string, string>[]): string[][] {
  const names = [...new Set(sides.flatMap((side) => [...side.keys()]))];
  const rows = names.map((name) => [name, ...sides.map((side) => side.get(name) ?? '–'), '']);
  return rows.filter(([, ...cells]) => new Set(cells.slice(0, -1)).size > 1);
}
