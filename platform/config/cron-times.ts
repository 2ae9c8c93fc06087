import { DAY_MS, HOUR_MS, utcOffsetHours } from '../../learning/time-series/calendar/index.js';
import { type Cron, parseCron } from './cron.js';

const MINUTE_MS = 60_000;

/** Times of the schedule on a day by the clock on the wall, as if it were UTC. @param day - its start, as if UTC. */
export function wallTimesOf({ minutes, hours, daysOfMonth, months, daysOfWeek }: Cron, day: number): readonly number[] {
  const date = new Date(day);
  const matches =
    daysOfMonth.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1) && daysOfWeek.has(date.getUTCDay());
  if (!matches) return [];
  return [...hours].flatMap((hour) => [...minutes].map((minute) => day + (hour * 60 + minute) * MINUTE_MS));
}

/**
 * The moments of a schedule in a span, oldest first. A time that a change of clocks leaves out has none; of one that comes
 * twice it is the first. Empty for a line that `parseCron` refuses.
 * @param span - milliseconds since the epoch; both ends belong to it.
 */
export function scheduledMoments(
  { cron: line, timezone }: { readonly cron: string; readonly timezone: string },
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  const cron = parseCron(line);
  if (typeof cron === 'string') return [];
  const offsetAt = (instant: number): number => utcOffsetHours(timezone, instant) * HOUR_MS;
  const moments: number[] = [];
  const first = Math.floor(from / DAY_MS) * DAY_MS - DAY_MS; // a day by the clock begins up to a day earlier in UTC
  for (let day = first; day <= to + DAY_MS; day += DAY_MS)
    for (const wall of wallTimesOf(cron, day)) {
      const instants = [offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)].map((offset) => wall - offset);
      const existing = instants.filter((instant) => instant + offsetAt(instant) === wall);
      if (existing.length > 0) moments.push(Math.min(...existing));
    }
  return moments.filter((moment) => moment >= from && moment <= to).sort((a, b) => a - b);
}
