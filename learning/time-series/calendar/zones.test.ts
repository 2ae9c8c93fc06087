import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoDate } from './days.js';
import {
  HOUR_MS,
  isTimeZone,
  keptZones,
  localDay,
  localHour,
  momentOfReading,
  readOnClock,
  utcOffsetHours,
  writtenOffset,
} from './zones.js';

const shown = (zone: string, moment: number): string => {
  const offset = utcOffsetHours(zone, moment);
  return new Date(moment + offset * HOUR_MS).toISOString().slice(0, 16);
};
const at = (text: string): number => Date.parse(text);

describe('writtenOffset', () => {
  it.each([
    ['2026-01-01T00:10:00+05:30', 5.5],
    ['2026-01-01 00:10:00-04', -4],
    ['2025-12-31T18:40:00Z', null],
    ['2025-12-31 18:40:00+00', null],
    ['2025-12-31T18:40:00.000+00:00', null],
    ['31/12/2025 18:40', undefined],
    ['2026-01-01', undefined],
  ])('of %j is %j', (text, offset) => expect(writtenOffset(text)).toBe(offset));
});

describe('utcOffsetHours', () => {
  it.each([
    ['Asia/Kolkata', '2026-07-01T00:00Z', 5.5],
    ['Asia/Kathmandu', '2026-07-01T00:00Z', 5.75],
    ['Europe/Berlin', '2027-03-28T00:59:59Z', 1],
    ['Europe/Berlin', '2027-03-28T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 1],
    ['America/St_Johns', '2026-01-15T12:00Z', -3.5],
    ['UTC', '2026-01-15T12:00Z', 0],
  ])('in %s at %s is %d', (zone, moment, offset) => {
    expect(utcOffsetHours(zone, at(moment))).toBe(offset);
  });

  it('of a fixed clock is the clock, and of no moment unknown', () => {
    expect(utcOffsetHours(-4.5, 0)).toBe(-4.5);
    expect(utcOffsetHours('Asia/Kolkata', Number.NaN)).toBeNaN();
  });

  it('shows what Intl shows (property)', () => {
    const zones = ['Asia/Kolkata', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: at('2024-01-01'), max: at('2028-01-01') }), (zone, moment) => {
        const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
        expect(shown(zone, moment)).toBe(format.format(moment).replace(' ', 'T'));
      }),
      { numRuns: 300 },
    ); // prettier-ignore
  });
});

describe('momentOfReading', () => {
  it.each([
    ['a usual day', '2026-07-01T10:25', '2026-07-01T08:25:00.000Z'],
    ['a reading that is skipped', '2027-03-28T02:30', '2027-03-28T01:30:00.000Z'],
    ['a reading that comes twice', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['the hour before a change', '2027-03-28T01:59', '2027-03-28T00:59:00.000Z'],
    ['the hour after a change', '2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ])('of %s in Berlin', (_, reading, moment) => {
    expect(new Date(momentOfReading('Europe/Berlin', at(`${reading}Z`))).toISOString()).toBe(moment);
  });

  it('inverts the reading, but for hours that are skipped or come twice (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2024-01-01'), max: at('2028-01-01') }), (reading) => {
        const moment = momentOfReading('Europe/Berlin', reading);
        const back = moment + utcOffsetHours('Europe/Berlin', moment) * HOUR_MS;
        expect([0, HOUR_MS]).toContain(back - reading);
      }),
    );
  });
});

describe('readOnClock', () => {
  const read = (text: string, zone = 'Asia/Kolkata') => {
    const { moment, offsetHours } = readOnClock(zone, text);
    return [isoDate(localDay(moment, offsetHours)), Math.round(100 * localHour(moment, offsetHours)) / 100];
  };

  it.each([
    ['2026-01-01T00:10:00+05:30', ['2026-01-01', 0.17]],
    ['2025-12-31T18:40:00Z', ['2026-01-01', 0.17]],
    ['2026-01-01T00:10', ['2026-01-01', 0.17]],
    ['2026-01-01', ['2026-01-01', 0]],
    ['2026-01-01 10:25:00+05:30', ['2026-01-01', 10.42]],
    ['2026-01-01T10:25-0400', ['2026-01-01', 10.42]],
    ['2025-12-20T10:25+05:30', ['2025-12-20', 10.42]],
    ['2025-12-20 10:25 +05', ['2025-12-20', 10.42]],
    ['2025-12-20t09:25z', ['2025-12-20', 14.92]],
    ['2025-12-20 9:25:30.5 UTC', ['2025-12-20', 14.93]],
  ])('%s', (text, wanted) => {
    expect(read(text)).toEqual(wanted);
  });

  it('keeps the day of each reading of a day that is 23 or 25 hours long', () => {
    for (const day of ['2027-03-28', '2026-10-25'])
      for (const time of ['00:00', '01:30', '03:30', '23:59'])
        expect(read(`${day}T${time}`, 'Europe/Berlin')[0]).toBe(day);
  });

  it('has no moment for other text', () => {
    for (const text of ['yesterday', '2026-02-30T10:00Z', '2026-01-01T25:00', '2026-01-01T10:60', '05/03/2026'])
      expect(readOnClock('UTC', text).moment).toBeNaN();
  });
});

describe('what is kept of zones', () => {
  it('is bounded, whatever names and days are asked for', () => {
    const spellings = Array.from({ length: 300 }, (_, i) =>
      'kolkata'.replace(/./g, (letter, k: number) => ((i >> k) & 1 ? letter.toUpperCase() : letter)),
    );
    const zones = spellings.flatMap((city) => [`Asia/K${city.slice(1)}`, `ASIA/K${city.slice(1)}`]);
    const moment = at('2026-07-01T00:00Z');
    for (const zone of zones) {
      expect(isTimeZone(zone)).toBe(true);
      expect(utcOffsetHours(zone, moment)).toBe(5.5);
    }
    for (let day = 0; day < 110_000; day++) utcOffsetHours('Etc/GMT', moment - day * 24 * HOUR_MS);
    expect(keptZones().formats).toBeLessThanOrEqual(128);
    expect(keptZones().days).toBeLessThanOrEqual(100_000);
    expect(utcOffsetHours('Asia/Kolkata', moment)).toBe(5.5);
  });
});
