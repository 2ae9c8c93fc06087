import type { BackendTable } from '../../contracts/backend.js';
import type { SnapshotManifest } from './manifest.js';

/**
 * Tables that say nothing about how far the events of a source reach: customers and accounts change slowly and may go on
 * after the events have ended, annotations and feedback are added afterwards, and instalments are dated when they fall
 * due, planned ones too.
 */
const NOT_COUNTED: ReadonlySet<BackendTable> = new Set([
  'users',
  'accounts',
  'loan_payments',
  'entity_annotations',
  'prediction_feedback',
]);

/** Events that are alive may pause this long, as over a night. */
const LONGEST_PAUSE_MS = 86_400_000;

/** True when the newest event lies more than a day before `asOf`; false without events. All in milliseconds. */
export const haveEnded = (asOf: number, newest: number): boolean =>
  newest !== -Infinity && asOf - newest > LONGEST_PAUSE_MS;

/** `asOf`, or just after the newest event when the events had ended more than a day before; milliseconds. */
export const endOfEvents = (asOf: number, newest: number): number => (haveEnded(asOf, newest) ? newest + 1 : asOf);

/**
 * The moment up to which the events of some tables of a snapshot are known, in milliseconds. Features and states are
 * computed as of this moment: as of a later one, every customer would show a gap that no training row has.
 */
export function knownUntil(
  { asOf, tables }: Pick<SnapshotManifest, 'asOf' | 'tables'>,
  of: readonly BackendTable[],
): number {
  const counted = tables.filter(({ table }) => of.includes(table) && !NOT_COUNTED.has(table));
  const newest = counted.reduce((latest, { eventTime }) => Math.max(latest, eventTime?.to ?? -Infinity), -Infinity);
  return endOfEvents(asOf, newest);
}
