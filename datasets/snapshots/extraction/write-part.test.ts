import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { sha256 } from '../../../platform/blobs/hash.js';
import { NOTHING } from '../../feedback/extract-feedback.js';
import { SLICES, userHash } from '../buckets.js';
import { withDuckDb } from '../duckdb.js';
import { readParquet } from '../parquet-file.js';
import { toTable } from '../source-rows.js';
import { csvLines } from './given-rows.js';
import { unfitValue } from './typed-rows.js';
import { type RowChanges, stageGiven, writePart } from './write-part.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-part-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const column = (name: string, type: ColumnSpec['type'], nullable = true): ColumnSpec => ({
  ...{ name, type, description: '', nullable },
});
const spec: TableSpec = {
  name: 'chat_messages',
  eventTime: 'sent_at',
  foreignKeys: {},
  columns: [
    column('id', 'text', false),
    column('user_id', 'text'),
    column('sent_at', 'timestamp'),
    column('amount', 'number'),
    column('intent', 'category'),
    column('intent_labelled_at', 'timestamp'),
  ],
};

let count = 0;
/** Writes rows in PostgreSQL's text form as one part and reads it. */
async function written(
  lines: readonly string[],
  options: Partial<RowChanges> & { earlier?: { path: string; changed: number[] } | null; isOrdered?: boolean } = {},
) {
  const { earlier = null, isOrdered = true, ...changes } = options;
  const path = join(folder, `${++count}.csv`);
  const to = join(folder, `${count}.parquet`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const file = {
    bucket: 0,
    path,
    rows: lines.length,
    longest: lines.reduce((most, line) => Math.max(most, line.length), 0) + 1,
  };
  const all: RowChanges = { spec, given: NOTHING, added: [], policy: null, ...changes };
  const facts = await withDuckDb(async (connection) => {
    await stageGiven(connection, all);
    return writePart(connection, all, { file, earlier, isOrdered, to });
  });
  return { facts, to, table: await readParquet([to]) };
}

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\\N', '"', 'a,b', 'line\r\nbreak', "it's"));
const storable = texts.map((text) => Buffer.from(text.replaceAll('\0', '')).toString());
const moments = fc.constantFrom(
  ...['2024-03-01 10:00:00+00', '2024-03-01 10:00:00.999999+00', '1969-12-31 23:59:59.9995+00', '2024-02-29'],
  ...['2024-03-01 10:00:00.5+05:30', 'infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '1890-01-01 00:00:00.1-03'],
);
const numbers = fc.oneof(
  fc.double().map(String),
  fc.constantFrom('t', 'f', 'NaN', '-Infinity', '-0', '1e-320', '12345678.90', '0.1', '9007199254740993'),
);

describe('writePart', () => {
  it('reads every value as a row of the driver is read', async () => {
    const row = fc.tuple(storable, fc.option(moments), fc.option(numbers), fc.option(storable));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
        const names = spec.columns.map(({ name }) => name);
        const cells = rows.map(([user, at, amount, intent], i) => [`k${1000 + i}`, user, at, amount, intent, at]);
        const quoted = (cell: string | null, i: number): string =>
          cell === null ? '' : i === 1 || i === 4 ? `"${cell.replaceAll('"', '""')}"` : cell;
        const { table } = await written(cells.map((row) => `1,${row.map(quoted).join(',')}`));
        const expected = toTable(spec.columns, { names, rows: cells }, 'rows');
        // Parquet does not keep −0.
        const amounts = expected.columns.amount!.values as Float64Array;
        amounts.forEach((value, i) => (amounts[i] = value + 0));
        expect(table).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes whether rows are read together or taken over from an earlier part', async () => {
    const line = (id: string, user: string, amount: number): string =>
      csvLines(spec, toTable(spec.columns, { names: spec.columns.map(({ name }) => name), rows: [[id, user, '2024-03-01', String(amount), 'x', null]] }, ''))[0]!; // prettier-ignore
    const before = await written([line('a', 'u1', 1), line('b', 'u2', 2), line('d', 'u1', 4)]);
    const now = [line('a', 'u1', 9), line('b', 'u2', 2), line('c', 'u1', 3)];
    const whole = await written(now);
    const slice = Number(now[0]!.split(',')[0]) % 4_096;
    const merged = await written([now[0]!, now[2]!], { earlier: { path: before.to, changed: [slice] } });
    const bytes = async (path: string) => (await import('node:fs')).readFileSync(path).toString('hex');
    expect(await bytes(merged.to)).toBe(await bytes(whole.to));
  });

  it('gives the same bytes also to more rows than a row group holds', async () => {
    const key = (i: number): string => `k${String(i).padStart(6, '0')}`;
    const line = (i: number, amount: number): string => `${userHash(`u${i % 9}`)},${key(i)},u${i % 9},2024-03-01,${amount},x${'y'.repeat(i % 40)},`; // prettier-ignore
    const numbers = Array.from({ length: 130_000 }, (_, i) => i);
    const before = await written(numbers.map((i) => line(i, i)));
    const isChanged = (i: number): boolean => i % 9 === 4;
    const whole = await written(numbers.map((i) => line(i, isChanged(i) ? -i : i)));
    const changed = [userHash('u4') % SLICES];
    const merged = await written(numbers.filter(isChanged).map((i) => line(i, -i)), { earlier: { path: before.to, changed } }); // prettier-ignore
    expect(sha256(readFileSync(merged.to))).toBe(sha256(readFileSync(whole.to)));
    expect(whole.facts.rows).toBe(130_000);
  });

  it('corrects values, replaces rows, and changes columns as a policy says', async () => {
    const given = new Map([
      ['a', { label: 'right', at: Date.UTC(2024, 0, 2) }],
      ['b', { label: 'late', at: Date.UTC(2024, 0, 2) }],
    ]);
    const { table, facts } = await written(
      [
        '1,a,u,2024-01-01,1,wrong,',
        '1,b,u,2024-01-03,2,kept,2024-01-03',
        '1,c,v,2024-01-03,2,kept,',
        '1,d,,,,,',
        '1,e,v,,,,',
      ],
      {
        added: ['e'],
        given: {
          corrections: { column: 'intent', knownAt: 'intent_labelled_at', given },
          replaced: [{ column: 'user_id', values: ['v'] }],
        },
        policy: {
          changes: { amount: 'drop', intent: 'mask' },
          keyVersion: null,
          apply: ({ rowCount, columns: { intent } }) => ({
            rowCount,
            columns: { intent: { kind: 'text', values: (intent!.values as string[]).map((value) => `<${value}>`) } },
          }),
        },
      },
    );
    expect(table.columns.id!.values).toEqual(['a', 'b', 'd', 'e']);
    expect(table.columns.intent!.values).toEqual(['<right>', '<kept>', null, null]);
    expect(table.columns.intent_labelled_at!.values[0]).toBe(Date.UTC(2024, 0, 2));
    expect([...table.columns.amount!.values]).toEqual([NaN, NaN, NaN, NaN]);
    expect(facts).toEqual({ rows: 4, eventTime: { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 0, 3) } });
  });

  it.each([
    ['amount', '1,k7,u,2024-01-01,SECRET,x,'],
    ['sent_at', '1,k7,u,SECRET,1,x,'],
  ])('names column and row of a value of %s that does not fit, never the value', async (name, line) => {
    const fault: unknown = await written([line]).catch((error: unknown) => error);
    const found = unfitValue(fault, spec)!;
    expect(found).toMatchObject({ code: 'SOURCE_SCHEMA_MISMATCH', details: { column: name, key: 'k7' } });
    expect(`${found.message} ${JSON.stringify(found.details)}`).not.toContain('SECRET');
  });
});
