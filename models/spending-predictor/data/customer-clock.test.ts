import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { isoDate, momentOfReading, parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import { knownHistory } from '../prediction/known-history.js';
import { input } from '../prediction/request.js';
import { historyOf } from '../forecast/history.js';
import { divideHistory } from '../forecast/recurring.js';
import { backendRows } from './backend-rows.js';
import { fileFormats } from './formats.js';
import { readMovements } from './read-table.js';
import { spendingHistory } from './spending-history.js';

const INDIA = 'Asia/Kolkata';
const twoDigits = (value: number): string => String(value).padStart(2, '0');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spending-clock-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Row {
  readonly bookedAt: string;
  readonly amount: number;
  readonly category: string;
  readonly merchant: string;
}

/** Rows of one customer as a file; other rows fill it up to the fewest that a file may have. */
async function readRows(rows: readonly Row[], timeZone: string) {
  const filling = Array.from({ length: 100 }, (_, i) => ({
    ...{ bookedAt: `2024-01-${twoDigits(1 + (i % 28))}`, amount: -10 - i, category: 'dining', merchant: null },
    ...{ customerId: 'filling', transactionId: `f${i}` },
  }));
  const own = rows.map((row, i) => ({ ...row, customerId: 'own', transactionId: `t${i}` }));
  const path = join(folder, 'rows.json');
  await writeFile(path, JSON.stringify([...own, ...filling]));
  const { format, table, timeZone: zone } = await readDataFile(path, fileFormats, { timeZoneOf: () => timeZone });
  expect(zone).toBe(timeZone);
  return { schema: { ...format.schema, timeZone }, table };
}

const months = Array.from({ length: 24 }, (_, i) => `${2024 + Math.floor(i / 12)}-${twoDigits(1 + (i % 12))}`);
const rent = (write: (month: string) => string): Row[] =>
  months.map((month) => ({ bookedAt: write(month), amount: -20_000, category: 'rent', merchant: 'LANDLORD' }));

describe('days of a file', () => {
  it.each([
    ['with the offset of the customer', (month: string) => `${month}-01T00:10:00+05:30`, INDIA],
    ['without an offset', (month: string) => `${month}-01T00:10:00`, INDIA],
    ['as moments in UTC', (month: string) => new Date(`${month}-01T00:10:00+05:30`).toISOString(), INDIA],
    ['with an offset, whatever the zone of the source', (month: string) => `${month}-01T00:10:00+05:30`, 'UTC'],
    ['on a clock that changes', (month: string) => `${month}-01T00:10:00`, 'Europe/Berlin'],
    ['as dates', (month: string) => `${month}-01`, 'America/New_York'],
  ])('are the customer’s, for rent at ten past midnight %s', async (_, write, zone) => {
    const data = await readRows(rent(write), zone);
    const own = readMovements(data.table).get('own')!;
    expect(own.map(({ day }) => isoDate(day))).toEqual(months.map((month) => `${month}-01`));
    const { bills } = divideHistory(historyOf(own), { from: 2026 * 12, count: 12 });
    const due = bills[0]!.expected;
    expect(due.map(({ month }) => month)).toEqual(Array.from({ length: 12 }, (_, i) => 2026 * 12 + i));
    expect(new Set(due.map(({ day }) => day))).toEqual(new Set([1]));
  });

  it('are those of UTC in a data set from before clocks were kept', async () => {
    const { table } = await readRows(rent((month) => `${month}-01T00:10:00+05:30`), INDIA); // prettier-ignore
    const columns = Object.fromEntries(Object.entries(table.columns).filter(([name]) => name !== 'utcOffsetHours'));
    const own = readMovements({ ...table, columns }).get('own')!;
    expect(isoDate(own[0]!.day)).toBe('2023-12-31');
  });
});

describe('a snapshot', () => {
  const night = Date.parse('2026-01-31T20:00:00Z'); // 1 February in India
  const one = (value: string) => ({ kind: 'text' as const, values: [value] });
  const transactions = {
    rowCount: 1,
    columns: {
      ...{ id: one('t'), user_id: one('u'), category: one('rent') },
      ...{ merchant: one('LANDLORD'), description: one('RENT') },
      booked_at: { kind: 'timestamp' as const, values: Float64Array.of(night) },
      amount: { kind: 'number' as const, values: Float64Array.of(-20_000) },
    },
  };
  const dayIn = (timeZone?: string): string => {
    const { table } = backendRows({ transactions }, { asOf: 0, source: 'generated', timeZone });
    return isoDate(readMovements(table).get('u')![0]!.day);
  };

  it('has the days of its zone, and those of UTC when it names none', () => {
    expect([dayIn(INDIA), dayIn('Europe/Berlin'), dayIn()]).toEqual(['2026-02-01', '2026-01-31', '2026-01-31']);
  });
});

describe('a request', () => {
  /** A reading of the customer's clock, written in one of four ways. */
  const written = fc
    .record({
      minutes: fc.integer({ min: 0, max: 700 * 24 * 60 }),
      way: fc.constantFrom('reading', 'date', 'exact', 'offset'),
      amount: fc.integer({ min: -9000, max: 9000 }).filter((amount) => amount !== 0),
      category: fc.constantFrom('rent', 'dining', 'salary'),
      merchant: fc.constantFrom('A', 'B'),
    })
    .map(({ minutes, way, ...row }): ((zone: string) => Row) => {
      const reading = Date.UTC(2024, 0, 1) + minutes * 60_000;
      const text = new Date(reading).toISOString();
      return (zone) => {
        const at = momentOfReading(zone, reading);
        const ways = { reading: text.slice(0, 19), date: text.slice(0, 10), exact: new Date(at).toISOString(), offset: `${text.slice(0, 19)}-03:00` }; // prettier-ignore
        return { ...row, bookedAt: ways[way] };
      };
    });

  it('has the same history as the rows of a file (property)', async () => {
    const zones = fc.constantFrom(INDIA, 'Europe/Berlin', 'America/New_York');
    await fc.assert(
      fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 30 }), zones, async (makers, timeZone) => {
        const rows = makers.map((make) => make(timeZone));
        const data = await readRows(rows, timeZone);
        const request = input.parse({ transactions: rows });
        const { history } = knownHistory(request, { knownUntil: parseIsoDate('2026-01-01')!, timeZone });
        expect(history).toEqual(historyOf(readMovements(data.table).get('own')!));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('is on the clock of the stored state, which counts the day of its moment as known', async () => {
    const data = await readRows(rent((month) => `${month}-01T00:10:00`), INDIA); // prettier-ignore
    const asOf = Date.parse('2026-01-31T20:00:00Z');
    const [, history] = [...spendingHistory.build(data, asOf)].find(([customer]) => customer === 'own')!;
    expect(history).toMatchObject({ until: '2026-02-02', timeZone: INDIA });
    const later = [{ bookedAt: '2026-02-02T20:00:00Z', amount: -100, category: 'dining' }];
    const known = knownHistory(input.parse({ history, transactions: later }), { knownUntil: 0 });
    expect(isoDate(known.asOf)).toBe('2026-02-04');
  });
});
