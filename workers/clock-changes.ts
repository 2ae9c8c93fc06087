import { DAY_MS, HOUR_MS, utcOffsetHours } from '../learning/time-series/calendar/index.js';
import { parseCron } from '../platform/config/cron.js';
import { wallTimesOf } from '../platform/config/cron-times.js';

/** A day on which a change of clocks skips times of a schedule, or lets them come twice. */
export interface ClockChange {
  /** As `2027-03-28`. */
  readonly day: string;
  readonly effect: 'skipped' | 'twice';
  /** By the clock on the wall, as `02:30`. */
  readonly times: readonly string[];
}

/** The instant that Go's `time.Date`, and so Temporal, chooses for a time by the clock on the wall. */
function chosenInstant(wall: number, offsetAt: (instant: number) => number): number {
  const instant = wall - offsetAt(wall);
  return wall - offsetAt(instant);
}

const hourOf = (wall: number): number => new Date(wall).getUTCHours();

/**
 * How often Temporal starts at a time by the clock on the wall (written as if it were UTC). It leaves out a time that
 * does not exist, unless a later one of the same hour does (clocks that go forward by half an hour). Of a time that
 * comes twice it starts at both if it chooses the earlier, as west of Greenwich, else once.
 */
function starts(wall: number, offsetAt: (instant: number) => number): number {
  const offsets = [...new Set([offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)])];
  const instants = offsets.map((offset) => wall - offset).filter((instant) => wall - instant === offsetAt(instant));
  const chosen = chosenInstant(wall, offsetAt);
  if (instants.length === 0) return hourOf(chosen + offsetAt(chosen)) === hourOf(wall) ? 1 : 0;
  return instants.length === 2 && chosen === Math.min(...instants) ? 2 : 1;
}

/** `2027-03-28T02:30` of a time written as if it were UTC. */
const written = (wall: number): string => new Date(wall).toISOString().slice(0, 16);

/**
 * Days between two instants on which a schedule's times do not exist in its zone, so that Temporal starts nothing, or
 * exist twice and it starts twice. Empty for a line that `parseCron` refuses.
 * @param span - milliseconds since the epoch.
 */
export function clockChanges(
  { cron: line, timezone }: { readonly cron: string; readonly timezone: string },
  span: { readonly from: number; readonly to: number },
): ClockChange[] {
  const cron = parseCron(line);
  if (typeof cron === 'string') return [];
  const offsetAt = (instant: number): number => utcOffsetHours(timezone, instant) * HOUR_MS;
  const found: ClockChange[] = [];
  for (let day = Math.floor(span.from / DAY_MS) * DAY_MS; day < span.to; day += DAY_MS) {
    if (offsetAt(day - DAY_MS) === offsetAt(day + 2 * DAY_MS)) continue; // no change near the day
    const times = wallTimesOf(cron, day).toSorted((a, b) => a - b);
    for (const [effect, count] of [
      ['skipped', 0],
      ['twice', 2],
    ] as const) {
      const affected = times.filter((wall) => starts(wall, offsetAt) === count).map(written);
      if (affected.length > 0)
        found.push({ day: written(day).slice(0, 10), effect, times: affected.map((time) => time.slice(11)) });
    }
  }
  return found;
}
