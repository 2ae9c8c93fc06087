import type { ColumnDrift, DriftColumnKind } from '../types.js';
import { type ColumnSummary, type SideCounts, sideCounts } from '../values/summary.js';

/** A compared column before the correction for the number of tests. */
export type ColumnDraft = Omit<ColumnDrift, 'adjustedPValue' | 'drifted'> & {
  /** The effect reaches its threshold, or is not certainly below it. */
  readonly effectReached: boolean;
};

/** What a test finds. */
export type Finding = Pick<
  ColumnDraft,
  'method' | 'statistic' | 'pValue' | 'effect' | 'threshold' | 'effectReached'
> & {
  readonly note?: string;
};

export interface ComparedSides {
  readonly column: string;
  readonly kind: DriftColumnKind;
  readonly reference: SideCounts;
  readonly current: SideCounts;
}

const sidesOf = ({ reference, current }: ComparedSides) => ({
  referenceCount: reference.count,
  currentCount: current.count,
  referenceMissing: reference.missing,
  currentMissing: current.missing,
});

function infiniteNote({ reference, current }: ComparedSides): string | null {
  if (reference.infinite + current.infinite === 0) return null;
  return `infinite numbers count as missing: ${reference.infinite} in the reference, ${current.infinite} in the window`;
}

const join = (...notes: (string | null | undefined)[]): string | null =>
  notes.filter((note) => note !== null && note !== undefined).join('; ') || null;

/** A column that was compared. */
export const foundDraft = (sides: ComparedSides, { note, ...finding }: Finding): ColumnDraft => ({
  column: sides.column,
  of: sides.column,
  kind: sides.kind,
  ...finding,
  decided: true,
  ...sidesOf(sides),
  note: join(note, infiniteNote(sides)),
});

/** A column that could not be compared. */
export const undecidedDraft = (sides: ComparedSides, note: string): ColumnDraft => ({
  column: sides.column,
  of: sides.column,
  kind: sides.kind,
  method: 'none',
  statistic: 0,
  pValue: null,
  effect: null,
  threshold: 0,
  effectReached: false,
  decided: false,
  ...sidesOf(sides),
  note: join(note, infiniteNote(sides)),
});

const NONE: SideCounts = { count: 0, missing: 0, infinite: 0 };

/** The two sides of a column by its name; an absent side has no rows. */
export function comparedSides(
  column: string,
  reference: ColumnSummary | undefined,
  current: ColumnSummary | undefined,
): ComparedSides {
  return {
    column,
    kind: (reference ?? current)!.kind,
    reference: reference === undefined ? NONE : sideCounts(reference),
    current: current === undefined ? NONE : sideCounts(current),
  };
}

/** Why two sides cannot be compared at all; null when they can. @param least - rows with a value wanted in the reference. */
export function whyNotCompared(
  reference: ColumnSummary | undefined,
  current: ColumnSummary | undefined,
  least: number,
): string | null {
  if (reference === undefined) return 'the reference has no such column';
  if (current === undefined) return 'the window has no such column';
  if (reference.kind !== current.kind) return `${reference.kind} in the reference, ${current.kind} in the window`;
  const { count } = sideCounts(reference);
  if (count < least) return `${count} values in the reference, wanted at least ${least}`;
  return sideCounts(current).count === 0 ? 'no value in the window' : null;
}
