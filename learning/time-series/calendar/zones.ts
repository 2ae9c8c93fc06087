import { DAY_MS, parseIsoDate } from './days.js';

/*
 * The customers' clocks. Moments are milliseconds since the epoch; a reading of a clock is written as if it were UTC, so
 * that 10:25 on any clock is the reading of 10:25Z. Offsets are hours that a clock is ahead of UTC.
 */

/** Milliseconds of one hour. */
export const HOUR_MS = DAY_MS / 24;

/** An IANA zone (`Asia/Kolkata`), or the fixed offset of a clock in hours. */
export type Clock = string | number;

/** Formats and days that are kept: requests may name every zone, in any case of its letters, and every day. */
const MOST_FORMATS = 128;
const MOST_DAYS = 100_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    if (formats.size >= MOST_FORMATS) formats.clear();
    formats.set(zone, format);
  }
  return format;
}

const LONG_OFFSET = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** Servers look names up with their case, `Intl` without; offsets such as +05:30 are none of the database's names. */
const ZONE_NAME = /^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/;

/** Whether the IANA database knows a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return ZONE_NAME.test(name) && formatOf(name).format(0) !== '';
  } catch {
    return false;
  }
}

/** Asks the zone database, which takes microseconds. */
function lookUp(zone: string, moment: number): number {
  const parts = formatOf(zone).formatToParts(moment);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = LONG_OFFSET.exec(text) ?? [];
  const offset = Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600;
  return sign === '-' ? -offset : offset;
}

/** Offsets by zone and UTC day; NaN for a day on which the clock changes. */
const byDay = new Map<string, Map<number, number>>();
let daysKept = 0;

/** Offsets and formats that are kept at this moment, of all zones together. */
export const keptZones = (): { readonly formats: number; readonly days: number } => ({
  ...{ formats: formats.size, days: daysKept },
});

/** A look-up costs microseconds, so that all are forgotten at once rather than the oldest. */
function forgetWhenFull(): void {
  if (daysKept < MOST_DAYS && byDay.size <= MOST_FORMATS) return;
  byDay.clear();
  daysKept = 0;
}

function offsetOfDay(zone: string, day: number): number {
  const known = byDay.get(zone)?.get(day);
  if (known !== undefined) return known;
  const [start, end] = [lookUp(zone, day * DAY_MS), lookUp(zone, (day + 1) * DAY_MS)];
  const offset = start === end ? start : Number.NaN;
  forgetWhenFull();
  const days = byDay.get(zone) ?? new Map<number, number>();
  byDay.set(zone, days.set(day, offset));
  daysKept += 1;
  return offset;
}

/**
 * Hours that a clock is ahead of UTC at a moment: 5.5 in India, 1 or 2 in Berlin. NaN for no moment.
 * @throws RangeError for an unknown zone; settings are checked when they are read.
 */
export function utcOffsetHours(clock: Clock, moment: number): number {
  if (typeof clock === 'number') return clock;
  if (clock === 'UTC') return 0;
  if (!Number.isFinite(moment)) return Number.NaN;
  const offset = offsetOfDay(clock, Math.floor(moment / DAY_MS));
  return Number.isNaN(offset) ? lookUp(clock, moment) : offset;
}

/**
 * The moment at which a clock shows a reading. Of two such moments (clocks set back) the first; for a reading that is
 * skipped (clocks set forward) the moment that the clock would show it without the change, as in ECMAScript's Temporal.
 * @param reading - milliseconds as if UTC.
 */
export function momentOfReading(clock: Clock, reading: number): number {
  if (typeof clock === 'number') return reading - clock * HOUR_MS;
  const before = utcOffsetHours(clock, reading - DAY_MS);
  const after = utcOffsetHours(clock, reading + DAY_MS);
  const shows = (offset: number): boolean => utcOffsetHours(clock, reading - offset * HOUR_MS) === offset;
  const offset = [Math.max(before, after), Math.min(before, after)].find(shows) ?? before;
  return reading - offset * HOUR_MS;
}

/** Day that a clock shows at a moment, as in `days.ts`. */
export const localDay = (moment: number, offsetHours: number): number =>
  Math.floor((moment + offsetHours * HOUR_MS) / DAY_MS);

/** Time of day that a clock shows at a moment, in hours from 0 to below 24. */
export function localHour(moment: number, offsetHours: number): number {
  const hours = moment / HOUR_MS + offsetHours;
  return hours - 24 * Math.floor(hours / 24);
}

/** A moment with the clock of whoever it happened to. */
export interface ClockedMoment {
  /** Milliseconds since the epoch. */
  readonly moment: number;
  readonly offsetHours: number;
}

const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Offset that a written moment names, in hours; `null` with Z or `+00`, with which databases write every moment and which
 * say no more than it; `undefined` where it is a reading of a clock that only the reader knows.
 */
export function writtenOffset(text: string): number | null | undefined {
  const zone = /:\d{2}(?:[.,]\d+)?\s*(?:[ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/i.exec(text.trim())?.[1];
  if (zone === undefined) return undefined;
  if (/^(?:[a-z]|[+-]00(?::?00)?$)/i.test(zone)) return null;
  const offset = Number(zone.slice(1, 3)) + Number(zone.slice(3).replace(':', '') || 0) / 60;
  return zone.startsWith('-') ? -offset : offset;
}

/**
 * A moment from its reading (as if UTC, where the text names no zone) and the offset that was written.
 * @param clock - of the customer.
 */
export function onClock(clock: Clock, parsed: number, written: number | null | undefined): ClockedMoment {
  const moment = written === undefined ? momentOfReading(clock, parsed) : parsed;
  return { moment, offsetHours: written ?? utcOffsetHours(clock, moment) };
}

/**
 * Reads an ISO 8601 date or time, also without seconds and with a blank for the T. An offset is kept as written; with `Z` and without a zone the customer's clock holds,
 * and a date is the beginning of its day there. The moment is NaN for other text.
 */
export function readOnClock(clock: Clock, text: string): ClockedMoment {
  const [, date = '', hour = '00', minute = '00', second = '00', fraction = '0'] = WRITTEN.exec(text.trim()) ?? [];
  const day = parseIsoDate(date);
  const time = Date.parse(`${date}T${hour.padStart(2, '0')}:${minute}:${second}.${fraction.slice(0, 3)}Z`);
  const written = writtenOffset(text);
  return onClock(clock, day === null ? Number.NaN : time - (written ?? 0) * HOUR_MS, written);
}
