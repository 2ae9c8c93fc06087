import { MONTH_NAMES } from '../../learning/time-series/calendar/index.js';

/** A time of the week or month by the clock on the wall: when every field matches. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  /** 1 = January. */
  readonly months: ReadonlySet<number>;
  /** 0 = Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names in place of numbers, the first for `from`; so many first letters are enough. */
  readonly names?: { readonly words: readonly string[]; readonly letters: number };
}

const dayNames = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: { words: MONTH_NAMES, letters: 3 } },
  { name: 'day of week', from: 0, to: 7, names: { words: dayNames, letters: 2 } },
];

const shortcuts: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** What is wrong with a line, as a sentence's end. */
class CronFault extends Error {}

function readValue(text: string, { name, from, to, names }: Field): number {
  const isNamed = (word: string): boolean => text.length >= names!.letters && word.startsWith(text.toLowerCase());
  const named = names?.words.findIndex(isNamed) ?? -1;
  const value = named >= 0 ? named + from : Number(/^\d+$/.test(text) ? text : Number.NaN);
  if (value >= from && value <= to) return value;
  throw new CronFault(`${name} is "${text}", wanted ${from} to ${to}`);
}

/** One item of a list: `*`, `a`, `a-b`, each with an optional step `/n`; `a/n` runs to the end. */
function readItem(text: string, field: Field): number[] {
  const { groups } = /^(?:(?<all>\*)|(?<first>[^-/]+)(?:-(?<last>[^-/]+))?)(?:\/(?<step>[1-9]\d*))?$/.exec(text) ?? {};
  if (groups === undefined) throw new CronFault(`${field.name} is "${text}", wanted *, a number, a range or a step`);
  const { all, first = '', last, step } = groups;
  const start = all === undefined ? readValue(first, field) : field.from;
  const open = all !== undefined || step !== undefined ? field.to : start;
  const end = last === undefined ? open : readValue(last, field);
  if (end < start) throw new CronFault(`${field.name} is "${text}", a range that ends before it starts`);
  const every = Number(step ?? 1);
  return Array.from({ length: Math.floor((end - start) / every) + 1 }, (_, i) => start + i * every);
}

const readField = (text: string, field: Field): Set<number> =>
  new Set(text.split(',').flatMap((item) => readItem(item, field)));

/** Days of the longest form of each month. */
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function requireDay({ daysOfMonth, months }: Cron): void {
  const fits = [...months].some((month) => [...daysOfMonth].some((day) => day <= LONGEST_MONTH[month - 1]!));
  if (!fits) throw new CronFault(`day of month ${[...daysOfMonth].join(',')} is in none of the months`);
}

/**
 * Parses a line of five fields (minute, hour, day of month, month, day of week) or a shortcut such as `@daily`, by the
 * rules of Temporal's schedules: all fields must match, also where a day of month and a day of week are both given.
 * @returns the fields, or what is wrong with the line.
 */
export function parseCron(line: string): Cron | string {
  const found = (shortcuts[line.trim()] ?? line).trim().split(/\s+/);
  if (found.length !== fields.length)
    return `found ${found.length} fields, wanted five: minute, hour, day of month, month, day of week`;
  try {
    const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, i) => readField(found[i]!, field));
    const sunday = daysOfWeek!.has(7) ? [0] : [];
    const week = new Set([...daysOfWeek!, ...sunday].filter((day) => day < 7));
    const cron = { minutes: minutes!, hours: hours!, daysOfMonth: daysOfMonth!, months: months!, daysOfWeek: week };
    requireDay(cron);
    return cron;
  } catch (fault) {
    if (fault instanceof CronFault) return fault.message;
    throw fault;
  }
}
