import type { BackendTable } from '../../contracts/backend.js';
import type { SnapshotManifest } from './manifest.js';

/**
 * Tables that say nothing about how far a source's rows reach: what people add to it afterwards, and instalments, which
 * are dated when they fall due, planned ones too.
 */
const NOT_COUNTED: ReadonlySet<BackendTable> = new Set(['entity_annotations', 'prediction_feedback', 'loan_payments']);

/** A source that is alive may pause this long, as over a night. */
const LONGEST_PAUSE_MS = 86_400_000;

/**
 * The moment up to which the rows of a snapshot know anything, in milliseconds: its `asOf`, or just after the newest row
 * when the source had ended more than a day before. Features and states are computed as of this moment: as of a later
 * one, every customer would show a gap that no training row has.
 */
export function knownUntil({ asOf, tables }: Pick<SnapshotManifest, 'asOf' | 'tables'>): number {
  const newest = tables.reduce(
    (latest, { table, eventTime }) => (NOT_COUNTED.has(table) ? latest : Math.max(latest, eventTime?.to ?? -Infinity)),
    -Infinity,
  );
  return newest === -Infinity || asOf - newest <= LONGEST_PAUSE_MS ? asOf : newest + 1;
}
