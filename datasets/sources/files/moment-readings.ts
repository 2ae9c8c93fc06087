import { DAY_MS, MONTH_NAMES } from '../../../learning/time-series/calendar/index.js';
import { describeCell, isSplit, type Cell } from './cells.js';
import { normaliseMoment } from './normalise-cell.js';
import { type CellReader, type CellReadings, everywhere } from './readings.js';

/** The three readings of a date in numbers without a year of four digits in front. */
export const DATE_ORDERS = ['day first', 'month first', 'year first'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** Units of moments that are written as one number. */
export const momentUnits = { 'unix-seconds': 1000, 'unix-milliseconds': 1, spreadsheet: DAY_MS } as const;
export type MomentUnit = keyof typeof momentUnits;

/** Day 0 of spreadsheets: 30 December 1899, so that day numbers from March 1900 on agree with Excel's. */
const SPREADSHEET_ORIGIN = Date.UTC(1899, 11, 30);
/** POSIX: 69 to 99 are of the last century. */
const FIRST_YEAR_OF_LAST_CENTURY = 69;
/** Number of a month by its name and the abbreviations that spreadsheets write. */
const MONTHS: ReadonlyMap<string, number> = new Map([
  ...MONTH_NAMES.flatMap((name, i): [string, number][] => [
    [name, i + 1],
    [name.slice(0, 3), i + 1],
  ]),
  ['sept', 9],
]);

const WEEKDAY = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;
const CLOCK = String.raw`(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?)?`;
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const NAME = '([a-z]{3,9})';

const pattern = (day: string): RegExp => new RegExp(`^${WEEKDAY}${day}${CLOCK}${ZONE}$`, 'i');
const YEAR_IN_FRONT = pattern(String.raw`(\d{4})([-/.])(\d{1,2})\2(\d{1,2})`);
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const NUMBERS = pattern(String.raw`(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})`);
const DAY_AND_NAME = pattern(String.raw`(\d{1,2})[-\s/.]*${NAME}[-\s/.,]*(\d{4}|\d{2})`);
const YEAR_NAME_AND_DAY = pattern(String.raw`(\d{4})[-\s/]${NAME}[-\s/](\d{1,2})`);
const NAME_AND_DAY = pattern(String.raw`${NAME}\.?\s+(\d{1,2}),?\s+(\d{4})`);

type Groups = readonly (string | undefined)[];

/** Milliseconds since midnight UTC of what CLOCK and ZONE matched; NaN for 25:00 or 13 pm. */
function clockOf([hours = '0', minutes = '0', seconds = '0', fraction = '', half, zone = 'Z']: Groups): number {
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half.toLowerCase().startsWith('p'));
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const inDay = ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + milliseconds;
  // 24:00 is the end of a day in ISO 8601; a leap second counts as the next minute's start.
  if (!(hour <= 24) || Number(minutes) > 59 || Number(seconds) > 60 || inDay > DAY_MS) return Number.NaN;
  return inDay - offsetOf(zone);
}

const hourOfHalf = (hour: number, afternoon: boolean): number =>
  hour < 1 || hour > 12 ? Number.NaN : (hour % 12) + (afternoon ? 12 : 0);

function offsetOf(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

const fullYear = (year: string): number => {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) >= FIRST_YEAR_OF_LAST_CENTURY ? 1900 : 2000);
};

/** Midnight UTC of a day; NaN for 30 February. */
function dayOf(year: number, month: number, day: number): number {
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000 ? midnight : Number.NaN;
}

/** 1 to 12 by an English name or its abbreviation; 0 for another word. */
export const monthByName = (name: string): number => MONTHS.get(name.toLowerCase()) ?? 0;

/** Two-digit years and dates in numbers mean what the column's other dates say. */
function inNumbers([first = '', separator = '', second = '', third = '']: Groups): readonly number[] {
  const dayFirst = dayOf(fullYear(third), Number(second), Number(first));
  // Dates with points have the day in front everywhere.
  const monthFirst = separator === '.' ? Number.NaN : dayOf(fullYear(third), Number(first), Number(second));
  const yearFirst =
    separator === '-' && third.length === 2
      ? dayOf(fullYear(first.padStart(2, '0')), Number(second), Number(third))
      : Number.NaN;
  return [dayFirst, monthFirst, yearFirst];
}

const same = (midnight: number): readonly number[] => [midnight, midnight, midnight];

interface Shape {
  readonly shape: RegExp;
  /** Capture groups before those of the clock. */
  readonly groups: number;
  readonly days: (groups: Groups) => readonly number[];
  readonly mark: string | null;
}

const SHAPES: readonly Shape[] = [
  { shape: YEAR_IN_FRONT, groups: 4, days: ([y, , m, d]) => same(dayOf(Number(y), Number(m), Number(d))), mark: null },
  {
    shape: COMPACT,
    groups: 3,
    days: ([y, m, d]) => same(dayOf(Number(y), Number(m), Number(d))),
    mark: 'dates as 8 digits',
  },
  { shape: NUMBERS, groups: 4, days: inNumbers, mark: null },
  {
    shape: DAY_AND_NAME,
    groups: 3,
    days: ([d, m = '', y = '']) => same(dayOf(fullYear(y), monthByName(m), Number(d))),
    mark: 'names of months',
  },
  {
    shape: YEAR_NAME_AND_DAY,
    groups: 3,
    days: ([y, m = '', d]) => same(dayOf(Number(y), monthByName(m), Number(d))),
    mark: 'names of months',
  },
  {
    shape: NAME_AND_DAY,
    groups: 3,
    days: ([m = '', d, y = '']) => same(dayOf(fullYear(y), monthByName(m), Number(d))),
    mark: 'names of months',
  },
];

const NOTHING = everywhere(Number.NaN, DATE_ORDERS.length);

/** The moments that a text may mean, as UTC if it has no zone. */
function readText(text: string): CellReadings {
  for (const { shape, groups, days, mark } of SHAPES) {
    const [, ...found] = (shape.exec(text) ?? []) as Groups;
    if (found.length === 0) continue;
    const clock = clockOf(found.slice(groups));
    return { values: days(found).map((midnight) => midnight + clock), marks: mark === null ? [] : [mark] };
  }
  return NOTHING;
}

const ENGLISH_MONTH = MONTH_NAMES.map((name) => name.slice(0, 3)).join('|');
const WRITINGS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  {
    pattern:
      /\d:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?\s*[[(]?(?!(?:am|pm|a\.m|p\.m)\b)(?:[a-z]{2,5}|[a-z]+\/[\w/+-]+)[\])]?$/i,
    name: 'a time with the name of a zone, which is read as an offset such as +05:30 only',
  },
  { pattern: /^\d{9,13}(?:\.\d+)?$/, name: 'a number, perhaps the seconds or milliseconds since 1970' },
  { pattern: /^\d{5}(?:\.\d+)?$/, name: "a number, perhaps a spreadsheet's day number" },
  { pattern: /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/, name: 'a date that is on no calendar, or in an unknown order' },
  { pattern: /^\d{4}-?W\d{2}|^\d{4}-\d{3}$/i, name: 'a week or day of the year, which is no date of the calendar' },
  { pattern: /^\d{4}-\d{2}$|^\d{1,2}[-/]\d{4}$/, name: 'a month without a day' },
  {
    pattern: new RegExp(String.raw`^(?:${ENGLISH_MONTH})[a-z]*\W+\d{2,4}$`, 'i'),
    name: 'a month without a day, or a day without a year',
  },
  {
    pattern: new RegExp(String.raw`^\d{1,2}\W*(?:${ENGLISH_MONTH})`, 'i'),
    name: 'a date without a year, or with a time in an unknown form',
  },
  { pattern: /^\d{1,2}[-\s]?\p{L}{3}/iu, name: 'a date with a name that is no English month' },
];

function describe(cell: Cell): string {
  const text = typeof cell === 'string' || typeof cell === 'number' ? normaliseMoment(String(cell)) : '';
  return WRITINGS.find((writing) => writing.pattern.test(text))?.name ?? describeCell(cell);
}

/** Dates and times: ISO 8601, as PostgreSQL and spreadsheets write them, with English names of months. */
export const momentReader: CellReader = {
  names: DATE_ORDERS,
  wanted: 'a date or time such as 2026-01-31T10:00:00Z',
  read: (cell) => (typeof cell === 'string' ? readText(normaliseMoment(cell)) : NOTHING),
  describe,
};

/** Moments that are written as a number in a unit that the user names. */
export const numericMomentReader = (unit: MomentUnit): CellReader => ({
  names: [''],
  wanted: `a moment in the unit ${unit}`,
  read(cell) {
    const number = isSplit(cell) || cell === null || String(cell).trim() === '' ? Number.NaN : Number(cell);
    const origin = unit === 'spreadsheet' ? SPREADSHEET_ORIGIN : 0;
    return { values: [Math.round(origin + number * momentUnits[unit])] };
  },
  describe,
});
