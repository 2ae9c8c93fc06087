import { diwaliOf, seasonShare, yearOfMonth } from '../../../learning/time-series/calendar/index.js';

/** Days of the shopping season: the four weeks before Diwali, and its first two days. */
const SEASON = { before: 28, after: 2 } as const;

/**
 * Share of the shopping season before Diwali that falls into a month, 0 … 1; 0 outside of the table of holidays. The
 * festival moves between October and November, so the calendar month alone does not determine it.
 */
export function festivalShare(month: number): number {
  let share = known.get(month);
  if (share === undefined) known.set(month, (share = shareOf(month)));
  return share;
}

/** A forecast asks hundreds of times for the same few months. */
const known = new Map<number, number>();

function shareOf(month: number): number {
  const diwali = diwaliOf(yearOfMonth(month));
  return diwali === null ? 0 : seasonShare(month, diwali, SEASON);
}
