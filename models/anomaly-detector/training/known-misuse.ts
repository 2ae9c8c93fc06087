import type { TrainingData } from '../../../contracts/dataset.js';
import { DAY_MS } from '../../../feature-store/definitions/event-index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { numberColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from '../data/columns.js';
import type { AnomalyParams } from '../params.js';

/** Training rows with their labels as known at the end of the training period. */
export interface KnownRows {
  readonly rows: Int32Array;
  /** 1 = known misuse, 0 = not. */
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
  readonly confirmed: number;
}

const latestOf = (times: Float64Array): number => times.reduce((a, b) => Math.max(a, b), -Infinity);

const drawHonest = (honest: number[], { trainingRows }: AnomalyParams, seed: number): number[] =>
  createRandom(seed).fork('known-misuse').shuffle(honest).slice(0, trainingRows);

/** The labels of a table of any layout: they are known, since nothing says when they became so. */
function labelledMisuse({ schema, table }: TrainingData, params: AnomalyParams, seed: number): KnownRows {
  const labels = numberColumn(table, schema.label);
  const positives = [...labels.keys()].filter((row) => labels[row] === 1);
  const honest = [...labels.keys()].filter((row) => labels[row] === 0);
  const rows = Int32Array.from([...positives, ...drawHonest(honest, params, seed)]).sort();
  return {
    rows,
    labels: Uint8Array.from(rows, (row) => labels[row]!),
    weights: new Float64Array(rows.length).fill(1),
    confirmed: positives.length,
  };
}

/**
 * Labels as known at the newest training row: misuse that became known later counts as unknown, and rows too new for
 * their label to have arrived are omitted unless they are known misuse. A dismissed alert weighs more than an
 * unreviewed row.
 * Every known misuse is kept; of the others as many as `trainingRows` allows, drawn by the seed.
 */
export function knownMisuse(data: TrainingData, params: AnomalyParams, seed: number): KnownRows {
  if (data.schema.table !== undefined) return labelledMisuse(data, params, seed);
  const { table } = data;
  const times = timestampColumn(table, columnNames.time);
  const knownAt = timestampColumn(table, columnNames.knownAt);
  const verdicts = numberColumn(table, columnNames.verdict);
  const labelled = numberColumn(table, columnNames.label);
  const end = latestOf(times);
  const isMisuse = (row: number): boolean => knownAt[row]! <= end;
  // A row without a label is not evidence of honesty; a source that records disputes labels every row.
  const isHonest = (row: number): boolean =>
    !Number.isNaN(labelled[row]) && times[row]! < end - params.labelDelayDays * DAY_MS && !isMisuse(row);
  const positives = [...times.keys()].filter(isMisuse);
  const honest = [...times.keys()].filter(isHonest);
  const rows = Int32Array.from([...positives, ...drawHonest(honest, params, seed)]).sort();
  return {
    rows,
    labels: Uint8Array.from(rows, (row) => (isMisuse(row) ? 1 : 0)),
    weights: Float64Array.from(rows, (row) => (verdicts[row] === 0 ? params.dismissedWeight : 1)),
    confirmed: positives.length,
  };
}
