import type { DriftOptions } from '../options.js';
import { benjaminiHochberg } from '../tests/benjamini-hochberg.js';
import type { ColumnDrift, DriftResult } from '../types.js';
import type { ColumnDraft } from './draft.js';

/** Share of drifted columns at which Evidently calls a data set drifted. */
const EVIDENTLY_SHARE = 0.5;

function settleColumns(drafts: readonly ColumnDraft[], options: DriftOptions): ColumnDrift[] {
  const corrected = options.mode === 'default';
  const tested = drafts.filter(({ decided }) => decided);
  const adjusted = corrected ? benjaminiHochberg(tested.map(({ pValue }) => pValue!)) : [];
  const adjustedOf = new Map(tested.map((draft, i) => [draft, adjusted[i] ?? null]));
  return drafts.map((draft) => {
    const { effectReached, ...column } = draft;
    const adjustedPValue = adjustedOf.get(draft) ?? null;
    const significant = !corrected || (adjustedPValue !== null && adjustedPValue <= options.falseDiscoveryRate);
    return { ...column, adjustedPValue, drifted: draft.decided && significant && effectReached };
  });
}

/** One drifted column makes a drifted data set in mode `default`: the correction keeps chance findings rare already. */
function isDatasetDrifted(drifted: number, share: number, { mode, driftedShare }: DriftOptions): boolean {
  const limit = driftedShare ?? (mode === 'evidently' ? EVIDENTLY_SHARE : 0);
  return share >= limit && (drifted > 0 || mode === 'evidently');
}

/** Corrects for the number of columns and applies the rule of the data set. @param undecided - why nothing can be decided. */
export function decide(drafts: readonly ColumnDraft[], undecided: string | null, options: DriftOptions): DriftResult {
  const columns = settleColumns(drafts, options);
  const decided = columns.filter((column) => column.decided);
  const drifted = columns.filter((column) => column.drifted).length;
  const driftedShare = decided.length === 0 ? 0 : drifted / decided.length;
  const reason = undecided ?? (decided.length === 0 ? 'no column could be compared' : null);
  return {
    mode: options.mode,
    columns,
    driftedShare,
    drifted: reason === null && isDatasetDrifted(drifted, driftedShare, options),
    undecided: reason,
  };
}
