import type { ColumnFinding, DriftMode } from '../../contracts/drift.js';
import { type ComparedSide, compareSides, sideOfColumns } from '../../learning/evaluation/drift/compare-columns.js';
import { type DriftOptionsInput, parseDriftOptions } from '../../learning/evaluation/drift/options.js';
import { compareWithProfile, profileColumns } from '../../learning/evaluation/drift/profile/profile-columns.js';
import type { ReferenceProfile } from '../../learning/evaluation/drift/profile/reference-profile.js';
import { rankByImportance } from '../../learning/evaluation/drift/rank.js';
import type { DriftColumn, DriftResult } from '../../learning/evaluation/drift/types.js';
import type { ColumnValues } from './column-values.js';

function driftColumn({ column, numbers, texts }: ColumnValues): DriftColumn {
  const { name, kind } = column;
  return kind === 'numeric' ? { name, kind, values: numbers()! } : { name, kind, values: texts()! };
}

/** Columns as sketches. Each by itself: an answer may have several values of one column and none of another. */
export function profileOf(columns: readonly ColumnValues[]): ReferenceProfile {
  const profiles = columns.map((values) => profileColumns([driftColumn(values)]));
  return {
    schemaVersion: 1,
    rows: Math.max(0, ...profiles.map(({ rows }) => rows)),
    columns: profiles.flatMap((profile) => profile.columns),
  };
}

/** The columns of a profile that a window has too. */
const withColumns = (profile: ReferenceProfile, names: ReadonlySet<string>): ReferenceProfile => ({
  ...profile,
  columns: profile.columns.filter(({ name }) => names.has(name)),
});

/** One side of a comparison by rows, of columns of different length. */
function sideOf(columns: readonly ColumnValues[]): ComparedSide {
  const sides = new Map(columns.map((values) => [values.column.name, sideOfColumns([driftColumn(values)])]));
  return {
    names: [...sides.keys()],
    rows: Math.max(0, ...[...sides.values()].map(({ rows }) => rows)),
    summary: (name) => sides.get(name)?.summary(name),
  };
}

/** A window beside its reference. */
export interface ComparedWindow {
  readonly mode: DriftMode;
  readonly reference: { readonly profile: ReferenceProfile; readonly values: readonly ColumnValues[] | null };
  /** Columns that the reference has too. */
  readonly current: readonly ColumnValues[];
  /** By column; null: the version keeps none. */
  readonly importance: Readonly<Record<string, number>> | null;
}

/** What the statistics say of a column, without its distributions. */
export type ComparedColumnFinding = Omit<ColumnFinding, 'role' | 'reference' | 'current'>;

/** Compares the columns, the hour of the day left out, and ranks them by drift × importance. */
export function compareWindow({ mode, reference, current, importance }: ComparedWindow): {
  readonly columns: ComparedColumnFinding[];
  readonly driftedShare: number | null;
  readonly undecided: string | null;
} {
  const counted = current.filter(({ column }) => column.role !== 'time');
  const result = resultOf({ mode, reference, current: counted, importance });
  const ranked = rankByImportance(result, importance ?? {});
  return {
    columns: ranked.map((found) => ({
      ...{ column: found.column, of: found.of, kind: found.kind, method: found.method },
      ...{ statistic: found.statistic, pValue: found.pValue, adjustedPValue: found.adjustedPValue },
      ...{ effect: found.effect, threshold: found.threshold, drifted: found.drifted, decided: found.decided },
      ...{ note: found.note, rank: found.rank, importance: importance === null ? null : found.importance },
    })),
    driftedShare: result.undecided === null ? result.driftedShare : null,
    undecided: result.undecided,
  };
}

function resultOf({ mode, reference, current }: ComparedWindow): DriftResult {
  const names = new Set(current.map(({ column }) => column.name));
  const options: DriftOptionsInput = { mode };
  if (mode === 'default') return compareWithProfile(withColumns(reference.profile, names), profileOf(current), options);
  const before = reference.values!.filter(({ column }) => names.has(column.name));
  return compareSides(sideOf(before), sideOf(current), parseDriftOptions(options));
}

export type { ReferenceProfile } from '../../learning/evaluation/drift/profile/reference-profile.js';
export { decodeProfile, encodeProfile } from '../../learning/evaluation/drift/profile/reference-profile.js';
