import { PipelineError } from '../../../../contracts/errors.js';
import { columnRows, type ComparedSide, compareSides, sideOfColumns } from '../compare-columns.js';
import { type DriftOptionsInput, parseDriftOptions } from '../options.js';
import type { DriftColumn, DriftResult } from '../types.js';
import { type ColumnSummary, createSpace, summarize } from '../values/summary.js';
import { keepFrequent, mergeCategories } from './category-sketch.js';
import { distributionOfSketch, mergeNumbers, sketchNumbers } from './numeric-sketch.js';
import type { ColumnProfile, ReferenceProfile } from './reference-profile.js';

function profileOf(name: string, summary: ColumnSummary): ColumnProfile {
  if (summary.kind === 'numeric') return { name, kind: 'numeric', ...sketchNumbers(summary.distribution) };
  if (summary.kind === 'text') return { name, kind: 'text', ...summary.texts };
  const { counts, ...sums } = keepFrequent(summary.categories);
  const words = [...counts.keys()].sort();
  return { name, kind: 'categorical', ...sums, words, counts: Float64Array.from(words, (word) => counts.get(word)!) };
}

/**
 * Sketches columns in constant memory: about 16 kB for a continuous column, less for others, whatever the number of rows. Batches
 * of a stream are profiled one by one and merged.
 *
 * Exact while a column has at most 2,048 distinct values. Above, quantiles are wrong by at most 0.31 % of the rows, moments are
 * exact; a category is counted too low by at most rows / 2,048; texts are exact.
 * @throws PipelineError `SHAPE_MISMATCH`, `INVALID_INPUT` as `compareColumns`.
 */
export function profileColumns(columns: readonly DriftColumn[]): ReferenceProfile {
  const space = createSpace();
  const rows = columnRows(columns);
  return { schemaVersion: 1, rows, columns: columns.map((column) => profileOf(column.name, summarize(column, space))) };
}

const categoriesOf = ({ words, counts, other, rows, missing }: ColumnProfile & { kind: 'categorical' }) => ({
  counts: new Map(words.map((word, i) => [word, counts[i]!])),
  other,
  rows,
  missing,
});

function summaryOf(profile: ColumnProfile): ColumnSummary {
  if (profile.kind === 'numeric') return { kind: 'numeric', distribution: distributionOfSketch(profile) };
  if (profile.kind === 'text') return { kind: 'text', texts: profile };
  return { kind: 'categorical', categories: categoriesOf(profile) };
}

function mergeColumns(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  if (a.kind === 'numeric' && b.kind === 'numeric') return { name: a.name, kind: 'numeric', ...mergeNumbers(a, b) };
  if (a.kind === 'categorical' && b.kind === 'categorical') {
    const categories = mergeCategories(categoriesOf(a), categoriesOf(b));
    return profileOf(a.name, { kind: 'categorical', categories });
  }
  if (a.kind === 'text' && b.kind === 'text') {
    const presence = a.presence.map((texts, cell) => texts + b.presence[cell]!);
    return { name: a.name, kind: 'text', rows: a.rows + b.rows, missing: a.missing + b.missing, presence };
  }
  throw new PipelineError('SHAPE_MISMATCH', `column "${a.name}" is ${a.kind} in one profile, ${b.kind} in the other`);
}

/**
 * The profile of the rows of both. Exact columns stay exact while their distinct values fit.
 * @throws PipelineError `SHAPE_MISMATCH` when the profiles do not have the same columns of the same kinds.
 */
export function mergeProfiles(a: ReferenceProfile, b: ReferenceProfile): ReferenceProfile {
  const byName = new Map(b.columns.map((column) => [column.name, column]));
  const missing = a.columns.find(({ name }) => !byName.has(name));
  if (missing !== undefined || a.columns.length !== b.columns.length)
    throw new PipelineError('SHAPE_MISMATCH', 'profiles to be merged have other columns', {
      found: b.columns.map(({ name }) => name),
      wanted: a.columns.map(({ name }) => name),
    });
  const columns = a.columns.map((column) => mergeColumns(column, byName.get(column.name)!));
  return { schemaVersion: 1, rows: a.rows + b.rows, columns };
}

/** The columns of a profile as one side of a comparison. */
function sideOfProfile(profile: ReferenceProfile): ComparedSide {
  const byName = new Map(profile.columns.map((column) => [column.name, column]));
  return {
    names: profile.columns.map(({ name }) => name),
    rows: profile.rows,
    summary: (name) => {
      const column = byName.get(name);
      return column === undefined ? undefined : summaryOf(column);
    },
  };
}

const isProfile = (window: readonly DriftColumn[] | ReferenceProfile): window is ReferenceProfile =>
  'columns' in window;

/**
 * Compares a window, its rows or a profile of them, with the profile of a reference by the rules of mode `default`.
 * @throws PipelineError `INVALID_INPUT` for mode `evidently`, which needs the rows of the reference; as `compareColumns`.
 */
export function compareWithProfile(
  reference: ReferenceProfile,
  window: readonly DriftColumn[] | ReferenceProfile,
  options: DriftOptionsInput = {},
): DriftResult {
  const parsed = parseDriftOptions(options);
  if (parsed.mode === 'evidently')
    throw new PipelineError('INVALID_INPUT', 'mode "evidently" compares rows, found a profile; wanted mode "default"');
  const current = isProfile(window) ? sideOfProfile(window) : sideOfColumns(window);
  return compareSides(sideOfProfile(reference), current, parsed);
}
