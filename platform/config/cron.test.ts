import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cron, parseCron } from './cron.js';

const parsed = (line: string): Record<keyof Cron, number[]> => {
  const cron = parseCron(line);
  if (typeof cron === 'string') throw new Error(cron);
  return Object.fromEntries(
    Object.entries(cron).map(([name, values]) => [name, [...(values as Set<number>)]]),
  ) as never;
};

describe('parseCron', () => {
  it('reads numbers, ranges, lists and steps', () => {
    expect(parsed('1-9/4 3,5 10/10 */6 2-4')).toEqual({
      minutes: [1, 5, 9],
      hours: [3, 5],
      daysOfMonth: [10, 20, 30],
      months: [1, 7],
      daysOfWeek: [2, 3, 4],
    });
  });

  it('reads names of months and days, in full or their first letters', () => {
    expect(parsed('0 3 * jan,Decem MON-wednesday')).toMatchObject({ months: [1, 12], daysOfWeek: [1, 2, 3] });
  });

  it('takes 7 and 0 for Sunday', () => {
    expect(parsed('0 0 * * 7').daysOfWeek).toEqual([0]);
    expect(parsed('0 0 * * 5-7').daysOfWeek.sort()).toEqual([0, 5, 6]);
  });

  it('reads shortcuts', () => {
    expect(parsed('@weekly')).toMatchObject({ minutes: [0], hours: [0], daysOfWeek: [0] });
  });

  it.each([
    ['61 3 * * 1', 'minute is "61", wanted 0 to 59'],
    ['0 24 * * *', 'hour is "24", wanted 0 to 23'],
    ['0 0 0 * *', 'day of month is "0", wanted 1 to 31'],
    ['0 0 * 13 *', 'month is "13", wanted 1 to 12'],
    ['0 0 * * 8', 'day of week is "8", wanted 0 to 7'],
    ['0 0 * * fry', 'day of week is "fry", wanted 0 to 7'],
    ['0 5-3 * * *', 'hour is "5-3", a range that ends before it starts'],
    ['*/0 0 * * *', 'minute is "*/0", wanted *, a number, a range or a step'],
    ['0 0 , * *', 'day of month is "", wanted *, a number, a range or a step'],
    ['-5 0 * * *', 'minute is "-5", wanted *, a number, a range or a step'],
    ['0 0 31 2,4 *', 'day of month 31 is in none of the months'],
    ['0 3 * *', 'found 4 fields, wanted five: minute, hour, day of month, month, day of week'],
    ['@every 3h', 'found 2 fields, wanted five: minute, hour, day of month, month, day of week'],
  ])('refuses "%s": %s', (line, finding) => {
    expect(parseCron(line)).toBe(finding);
  });

  it('reads every list of numbers in bounds as these numbers', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (minutes) => {
        expect(parsed(`${minutes.join(',')} 0 * * *`).minutes).toEqual(minutes);
      }),
    );
  });
});
