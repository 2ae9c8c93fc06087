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

/** Two runs or versions side by side: every metric, then the parameters and data in which they differ. */
export function differenceTable(first: string, second: string, pair: readonly [Comparable, Comparable]): HumanTable {
  const rows = [...metricRows(...pair), ...differing(facts(pair[0]), facts(pair[1]))];
  return { head: ['', first, second, 'difference'], rows };
}

function metricRows(a: Comparable, b: Comparable): string[][] {
  const names = [...new Set([...a.metrics, ...b.metrics].map(({ name }) => name))];
  return names.map((name) => {
    const [x, y] = [a, b].map(({ metrics }) => metrics.find((metric) => metric.name === name));
    const cell = (metric?: Metric): string => (metric ? formatEstimate(metric.value, metric.interval) : '–');
    return [name, cell(x), cell(y), changeOf(x, y)];
  });
}

/** Second minus first; a dash where either is missing or not measurable. */
const changeOf = (first?: Metric, second?: Metric): string =>
  first === undefined || second === undefined || first.value === null || second.value === null
    ? '–'
    : signed(second.value - first.value);

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

function differing(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[][] {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  return names.map((name) => [name, a.get(name) ?? '–', b.get(name) ?? '–', '']);
}
