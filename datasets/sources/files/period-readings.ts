import { DAY_MS, dayNumber, weekdayOf } from '../../../learning/time-series/calendar/index.js';
import { monthByName, momentReader } from './moment-readings.js';
import { normaliseCell } from './normalise-cell.js';
import type { Cell } from './cells.js';
import { type CellReader, everywhere } from './readings.js';

const MONTH = /^(\d{4})[-/.\sM]?(0[1-9]|1[0-2])$/i;
const QUARTER = /^(\d{4})[-/\s]?Q([1-4])$/i;
const MONTH_AND_YEAR = /^(0?[1-9]|1[0-2])[-/](\d{4})$/;
const QUARTER_AND_YEAR = /^(?:Q([1-4])[-/\s']*|([1-4])Q[-/\s']*)(\d{4}|\d{2})$/i;
const YEAR = /^(\d{4})$/;
const YEAR_AND_NAME = /^(\d{4})[-\s/.]*([a-z]{3,9})$/i;
const NAME_AND_YEAR = /^([a-z]{3,9})\.?[-\s/,]*(\d{4})$/i;
const WEEK = /^(\d{4})[-/\s]?W(\d{1,2})$/i;

const firstOf = (year: number, month: number): number =>
  month >= 1 ? dayNumber({ year, month, day: 1 }) * DAY_MS : Number.NaN;

/** Monday of a week of ISO 8601, whose first week has 4 January; NaN for week 54. */
function mondayOf(year: number, week: number): number {
  const fourth = (of: number): number => dayNumber({ year: of, month: 1, day: 4 });
  const monday = fourth(year) - weekdayOf(fourth(year)) + 7 * (week - 1);
  const isInYear = week >= 1 && monday < fourth(year + 1) - weekdayOf(fourth(year + 1));
  return isInYear ? monday * DAY_MS : Number.NaN;
}

const inThisCentury = (year: string): number => Number(year) + (year.length === 2 ? 2000 : 0);

const PERIODS: readonly { readonly pattern: RegExp; readonly first: (one: string, two: string) => number }[] = [
  { pattern: MONTH, first: (year, month) => firstOf(Number(year), Number(month)) },
  { pattern: QUARTER, first: (year, quarter) => firstOf(Number(year), 3 * Number(quarter) - 2) },
  { pattern: MONTH_AND_YEAR, first: (month, year) => firstOf(Number(year), Number(month)) },
  { pattern: QUARTER_AND_YEAR, first: (quarter, year) => firstOf(inThisCentury(year), 3 * Number(quarter) - 2) },
  { pattern: YEAR, first: (year) => firstOf(Number(year), 1) },
  { pattern: YEAR_AND_NAME, first: (year, name) => firstOf(Number(year), monthByName(name)) },
  { pattern: NAME_AND_YEAR, first: (name, year) => firstOf(Number(year), monthByName(name)) },
  { pattern: WEEK, first: (year, week) => mondayOf(Number(year), Number(week)) },
];

/** Milliseconds at the start of a week, month, quarter or year; NaN for other text. */
function startOfPeriod(text: string): number {
  for (const { pattern, first } of PERIODS) {
    const groups: readonly (string | undefined)[] = pattern.exec(text)?.slice(1) ?? [];
    const [one, two = ''] = groups.flatMap((group) => group ?? []);
    if (one !== undefined) return first(one, two);
  }
  return Number.NaN;
}

const WRITINGS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  {
    pattern: /^[a-z]{3,9}\W+\d{1,2}$/i,
    name: 'the name of a month with a number that may be its day or its year; write the year with four digits',
  },
  { pattern: /^FY|^Q[1-4]\W*FY|^\d{4}-\d{2}$/i, name: 'a fiscal year, which is read by its first day only' },
  { pattern: /^(?:\d{4})?\W*H[12]\b|^H[12]\W*\d{2,4}$/i, name: 'a half-year, which is no step that is forecast' },
  { pattern: /W\d{1,2}$/i, name: 'a week that its year does not have' },
  { pattern: /^\d{1,3}$/, name: 'the number of a step and no date' },
];

function describe(cell: Cell): string {
  const text = typeof cell === 'string' || typeof cell === 'number' ? normaliseCell(String(cell)) : '';
  return WRITINGS.find(({ pattern }) => pattern.test(text))?.name ?? momentReader.describe(cell);
}

/** Moments as `momentReader` reads them, and periods by their first moment: `2026-W05`, `2026-01`, `Jan 2026`, `2026Q1`, `2026`. */
export const periodReader: CellReader = {
  ...momentReader,
  wanted: 'a date or period such as 2026-01-31, 2026-W05, 2026-01, 2026Q1 or 2026',
  describe,
  read(cell) {
    const start =
      typeof cell === 'string' || typeof cell === 'number' ? startOfPeriod(normaliseCell(String(cell))) : Number.NaN;
    return Number.isNaN(start) ? momentReader.read(cell) : everywhere(start, momentReader.names.length);
  },
};
