import type { TrainingData } from '../../../contracts/dataset.js';
import { DAY_MS } from '../../../feature-store/definitions/event-index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { numberColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from '../data/columns.js';
import type { AnomalyParams } from '../params.js';

/** Rows to learn from with what was known about them when training's time ends. */
export interface KnownRows {
  readonly rows: Int32Array;
  /** 1 = known misuse, 0 = not. */
  readonly labels: Uint8Array;
  readonly weights: Float64Array;
  readonly confirmed: number;
}

const latestOf = (times: Float64Array): number => times.reduce((a, b) => Math.max(a, b), -Infinity);

/**
 * The labels that an honest training has. Training's time ends with its newest row: misuse that became known later
 * counts as not known, and rows so new that their labels cannot have arrived are left out unless they are known
 * misuse. What an analyst dismissed weighs more than what nobody looked at.
 * Every known misuse is kept; of the others as many as `trainingRows` allows, drawn by the seed.
 */
export function knownMisuse({ table }: TrainingData, params: AnomalyParams, seed: number): KnownRows {
  const times = timestampColumn(table, columnNames.time);
  const knownAt = timestampColumn(table, columnNames.knownAt);
  const verdicts = numberColumn(table, columnNames.verdict);
  const labelled = numberColumn(table, columnNames.label);
  const end = latestOf(times);
  const isMisuse = (row: number): boolean => knownAt[row]! <= end;
  // A row nobody judged says nothing where labels are given row by row; a source that records disputes labels all.
  const isHonest = (row: number): boolean =>
    !Number.isNaN(labelled[row]) && times[row]! < end - params.labelDelayDays * DAY_MS && !isMisuse(row);
  const positives = [...times.keys()].filter(isMisuse);
  const honest = [...times.keys()].filter(isHonest);
  const drawn = createRandom(seed).fork('known-misuse').shuffle(honest).slice(0, params.trainingRows);
  const rows = Int32Array.from([...positives, ...drawn]).sort();
  return {
    rows,
    labels: Uint8Array.from(rows, (row) => (isMisuse(row) ? 1 : 0)),
    weights: Float64Array.from(rows, (row) => (verdicts[row] === 0 ? params.dismissedWeight : 1)),
    confirmed: positives.length,
  };
}
