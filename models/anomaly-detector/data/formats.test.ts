import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { numberColumn, textColumn, timestampColumn } from '../../../learning/table.js';
import { transactionFeatureNames } from '../../../feature-store/definitions/transaction-context.js';
import type { Encoding } from '../prediction/encoding.js';
import { featuresOf, requestSchema } from '../prediction/request.js';
import { columnNames } from './columns.js';
import { fixtureCsv } from '../fixtures/make-fixture.js';
import { fileFormats } from './formats.js';

const DAY_MS = 86_400_000;
const encoding: Encoding = {
  schemaVersion: 1,
  signals: [],
  numbers: [...transactionFeatureNames],
  categories: ['groceries'],
  hasCategory: true,
};
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anomaly-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string, timeZone = 'UTC') {
  const path = join(folder, name);
  await writeFile(path, text);
  return readDataFile(path, fileFormats, { timeZoneOf: () => timeZone });
}

const csv = fixtureCsv(12, 3).trimEnd();
const lines = csv.split('\n');
const header = lines[0]!.split(',');
const column = (name: string): number => header.indexOf(name);
const without = (...names: readonly string[]): string =>
  lines.map((line) => line.split(',').filter((_, i) => !names.includes(header[i]!)).join(',')).join('\n'); // prettier-ignore
const withCell = (row: number, name: string, value: string): string =>
  lines.map((line, i) => (i === row ? line.split(',').with(column(name), value).join(',') : line)).join('\n');

interface JsonTransaction {
  readonly transactionId: string;
  readonly customerId: string;
  readonly bookedAt: string;
  readonly amount: number;
  readonly fraud?: number;
}
const records: readonly JsonTransaction[] = lines.slice(1).map((line) => {
  const cells = line.split(',');
  const [transactionId, customerId, bookedAt] = cells as [string, string, string];
  return { transactionId, customerId, bookedAt, amount: Number(cells[3]) };
});

describe('a univariate stream', () => {
  it.each([
    ['timestamp,value', '2015-07-10 14:24:00,564'],
    ['unique_id,ds,y', 'H1,2015-07-10,564'],
    ['Date;CPU load;is_anomaly', '2015-07-10;0.5;0'],
    ['2015-07-10 14:24:00,564', '2015-07-10 14:38:00,730'],
    ['564', '730'],
  ])('is refused as out of scope: %s', async (head, row) => {
    const refused = read('stream.csv', `${head}\n${row}\n${row}\n`);
    await expect(refused).rejects.toMatchObject({ code: 'UNKNOWN_FORMAT' });
    await expect(refused).rejects.toThrow(/a univariate stream .* is out of scope/);
  });

  it('is refused in JSON too', async () => {
    const text = JSON.stringify([{ timestamp: '2015-07-10 14:24:00', value: 564 }]);
    await expect(read('stream.json', text)).rejects.toThrow(/is out of scope/);
  });

  it.each(['date,amount', 'customerId,date,value', 'a,b,c'])('is no file with other columns: %s', async (head) => {
    await expect(read('other.csv', `${head}\n${head}\n`)).rejects.not.toThrow(/out of scope/);
  });
});

describe('transactions', () => {
  it('reads CSV with every column, features made from what was before', async () => {
    const { format, table } = await read('transactions.csv', csv);
    expect(format.name).toBe('transactions');
    const first = numberColumn(table, 'amountToMean30Days')[0];
    expect(first).toBeNaN();
    expect(numberColumn(table, 'amount').every((amount) => amount > 0)).toBe(true);
    expect(numberColumn(table, columnNames.amount).every((amount) => amount < 0)).toBe(true);
    expect(textColumn(table, columnNames.counterparty)).toEqual(textColumn(table, 'merchant'));
  });

  it('reads 10:25 on the customer’s clock, however it is written', async () => {
    const ways = [
      '2026-01-05T10:25:00+05:30',
      '2026-01-05T04:55:00Z',
      '2026-01-05T10:25:00',
      '2026-01-05T04:55:00.000Z',
    ];
    const rows = records.map((record, i) => ({ ...record, bookedAt: ways[i] ?? record.bookedAt }));
    const { table, timeZone } = await read('ways.json', JSON.stringify(rows), 'Asia/Kolkata');
    expect(timeZone).toBe('Asia/Kolkata');
    const first = (name: string) => [...numberColumn(table, name)].slice(0, 4);
    expect(first('hour').map((hour) => hour.toFixed(2))).toEqual(ways.map(() => '10.42'));
    expect(first('night')).toEqual([0, 0, 0, 0]);
    expect(first(columnNames.clock)).toEqual([5.5, 5.5, 5.5, 5.5]);
    expect(new Set(timestampColumn(table, columnNames.time).slice(0, 4)).size).toBe(1);
    const midnight = await read(
      'date.json',
      JSON.stringify(rows.with(0, { ...rows[0]!, bookedAt: '2026-01-05' })),
      'Asia/Kolkata',
    );
    expect(numberColumn(midnight.table, 'night')[0]).toBe(1);
  });

  it('gives a row the features of the request that sends it with its past', async () => {
    const ways = [
      (text: string) => text,
      (text: string) => text.slice(0, 19),
      (text: string) => `${text.slice(0, 19)}-04:00`,
    ];
    const rows = records.map((record, i) => ({ ...record, merchant: i % 7 === 0 ? '' : `m${i % 5}`, category: i % 3 === 0 ? '' : 'groceries', bookedAt: ways[i % 3]!(new Date(record.bookedAt).toISOString()) })); // prettier-ignore
    const { table } = await read('same.json', JSON.stringify(rows), 'Europe/Berlin');
    const times = timestampColumn(table, columnNames.time);
    for (let row = 40; row < rows.length; row += 97) {
      const sent = ({ bookedAt, amount, merchant, category }: (typeof rows)[number]) => ({
        bookedAt,
        amount,
        counterparty: merchant,
        category,
      });
      const past = rows.filter((_, i) => times[i]! < times[row]!);
      const request = requestSchema(encoding).parse({
        ...sent(rows[row]!),
        history: past.filter(({ customerId }) => customerId === rows[row]!.customerId).map(sent),
        counterpartyHistory: past.filter(({ merchant }) => merchant !== '' && merchant === rows[row]!.merchant).map(({ bookedAt }) => ({ bookedAt })), // prettier-ignore
      });
      const found = featuresOf(request, 'Europe/Berlin');
      for (const name of transactionFeatureNames) expect(found[name], name).toBe(numberColumn(table, name)[row]);
      expect(request.category ?? null).toBe(textColumn(table, columnNames.category)[row]);
    }
  });

  it('needs neither label nor merchant nor category, in CSV and in JSON', async () => {
    const lean = await read('lean.csv', without('merchant', 'category', 'fraud', 'reportedAt'));
    const json = await read('transactions.json', JSON.stringify(records));
    for (const { table } of [lean, json]) {
      expect(numberColumn(table, 'fraud').every((label) => Number.isNaN(label))).toBe(true);
      expect(numberColumn(table, 'newCounterparty').every((flag) => Number.isNaN(flag))).toBe(true);
    }
    expect(json.table).toEqual(lean.table);
  });

  it('takes misuse as known 7 days later where nobody says when it was reported', async () => {
    const { table } = await read('unreported.csv', without('reportedAt'));
    const [labels, times] = [numberColumn(table, 'fraud'), timestampColumn(table, 'bookedAt')];
    timestampColumn(table, columnNames.knownAt).forEach((knownAt, row) => {
      if (labels[row] === 1) expect(knownAt).toBe(times[row]! + 7 * DAY_MS);
      else expect(knownAt).toBeNaN();
    });
  });

  it('accepts labels that are all the same, or missing here and there', async () => {
    const honest = records.map((record) => ({ ...record, fraud: 0 }));
    await expect(read('honest.json', JSON.stringify(honest))).resolves.toBeDefined();
    const some = records.map((record, i) => (i % 3 === 0 ? { ...record, fraud: i % 2 } : record));
    const { table } = await read('some.json', JSON.stringify(some));
    expect([...numberColumn(table, 'fraud')].filter((label) => Number.isNaN(label)).length).toBeGreaterThan(100);
  });

  it.each([
    ['empty.csv', '', 'FILE_EMPTY'],
    ['header-only.csv', `${lines[0]!}\n`, 'FILE_EMPTY'],
    ['three.csv', lines.slice(0, 4).join('\n'), 'TOO_FEW_ROWS'],
    ['text.csv', withCell(7, 'amount', 'plenty'), 'INVALID_VALUE'],
    ['infinite.csv', withCell(7, 'amount', 'Infinity'), 'INVALID_VALUE'],
    ['label.csv', withCell(7, 'fraud', 'maybe'), 'INVALID_VALUE'],
    ['no-time.csv', withCell(7, 'bookedAt', ''), 'INVALID_VALUE'],
    ['twice.csv', withCell(7, 'transactionId', 'transaction-1'), 'INVALID_VALUE'],
    ['no-amount.csv', without('amount'), 'MISSING_COLUMN'],
    ['no-customer.csv', without('customerId'), 'MISSING_COLUMN'],
    ['foreign.csv', 'height,weight\n180,75\n', 'UNKNOWN_FORMAT'],
    ['broken.json', '[{"transactionId": "a",', 'MALFORMED_FILE'],
  ])('%s ends as %s', async (name, text, code) => {
    await expect(read(name, text)).rejects.toMatchObject({ code, message: expect.stringContaining(name) as string });
  });
});

describe('fraud-handbook', () => {
  const rows = records.map((record, i) => {
    const when = record.bookedAt.slice(0, 19).replace('T', ' ');
    const fraud = i % 60 === 0 ? 1 : 0;
    return `${i},${when},${record.customerId.slice(9)},${i % 9},${-record.amount},${fraud},${fraud}`;
  });
  const head = 'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO';

  it('is recognised; terminals have a risk once their frauds are known and a week old', async () => {
    const { format, table } = await read('handbook.csv', [head, ...rows].join('\n'));
    expect(format.name).toBe('fraud-handbook');
    const times = timestampColumn(table, 'bookedAt');
    const risk = numberColumn(table, 'counterpartyRisk30Days');
    const start = times.reduce((a, b) => Math.min(a, b), Infinity);
    expect(risk.some((share) => share > 0)).toBe(true);
    risk.forEach((share, row) => {
      if (times[row]! < start + 7 * DAY_MS) expect(share).toBe(0);
    });
  });
});
