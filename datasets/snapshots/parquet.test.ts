import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Column, Table } from '../../contracts/table.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { selectRows } from '../../learning/table.js';
import { readParquet, writeParquet } from './parquet.js';

const folder = mkdtempSync(join(tmpdir(), "ml-parquet'test-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const nextPath = (): string => join(folder, `${files++}.parquet`);

const number = (...values: number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const text = (...values: (string | null)[]): Column => ({ kind: 'text', values });
const timestamp = (...values: number[]): Column => ({ kind: 'timestamp', values: Float64Array.from(values) });

const roundTrip = async (table: Table): Promise<Table> => {
  const path = nextPath();
  await writeParquet(table, path);
  return readParquet([path]);
};

const columnOf = (rows: number): fc.Arbitrary<Column> => {
  const numbers = fc.array(
    fc.double().map((value) => value + 0),
    { minLength: rows, maxLength: rows },
  );
  const times = fc.array(
    fc.oneof(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.constant(NaN)),
    { minLength: rows, maxLength: rows },
  );
  const texts = fc.array(fc.option(fc.string({ unit: 'grapheme' })), { minLength: rows, maxLength: rows });
  return fc.oneof(
    numbers.map((values) => number(...values)),
    times.map((values) => timestamp(...values)),
    texts.map((values) => text(...values)),
  );
};

const tables = fc.integer({ min: 0, max: 40 }).chain((rowCount) =>
  fc.array(columnOf(rowCount), { minLength: 1, maxLength: 5 }).map((columns): Table => ({
    rowCount,
    columns: Object.fromEntries(columns.map((column, i) => [`c"${i} é`, column])),
  })),
);

describe('parquet', () => {
  it('round-trips values, kinds, column names and column order', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        expect(await roundTrip(table)).toEqual(table);
      }),
      { numRuns: 60 },
    );
  });

  it('round-trips null, empty text, NaN and infinities', async () => {
    const table = {
      rowCount: 3,
      columns: { a: number(NaN, Infinity, -Infinity), b: text(null, '', 'null'), c: timestamp(NaN, 0, -1) },
    };
    expect(await roundTrip(table)).toEqual(table);
  });

  it('stores −0 as 0', async () => {
    const read = await roundTrip({ rowCount: 6, columns: { a: number(0, -0, 0, -0, 1, -0) } });
    expect(read.columns.a?.values.every((value) => Object.is(value, 0) || value === 1)).toBe(true);
  });

  it('writes equal bytes for equal tables, different bytes for a different value or column order', async () => {
    const hashOf = async (table: Table): Promise<string> => {
      const path = nextPath();
      await writeParquet(table, path);
      return sha256(readFileSync(path));
    };
    const n = 10_000;
    const make = (last: number): Table => ({
      rowCount: n,
      columns: {
        amount: number(...Array.from({ length: n }, (_, i) => (i === n - 1 ? last : Math.sin(i)))),
        name: text(...Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : `t${i % 100}`))),
      },
    });
    const first = await hashOf(make(1));
    expect(await hashOf(make(1))).toBe(first);
    expect(await hashOf(make(2))).not.toBe(first);
    const { amount, name } = make(1).columns;
    expect(await hashOf({ rowCount: n, columns: { name: name!, amount: amount! } })).not.toBe(first);
  });

  it('concatenates several files, including an empty one, and reads only the requested columns', async () => {
    const paths = [nextPath(), nextPath(), nextPath()];
    const part = (...ids: string[]): Table => ({
      rowCount: ids.length,
      columns: { id: text(...ids), at: timestamp(...ids.map((_, i) => i)), x: number(...ids.map(Number)) },
    });
    await writeParquet(part('1', '2'), paths[0]!);
    await writeParquet(part(), paths[1]!);
    await writeParquet(part('3'), paths[2]!);
    const read = await readParquet(paths, ['x', 'id']);
    expect(read).toEqual({ rowCount: 3, columns: { x: number(1, 2, 3), id: text('1', '2', '3') } });
    expect(Object.keys(read.columns)).toEqual(['x', 'id']);
  });

  it('keeps texts that contain control characters, beside missing ones', async () => {
    const values = ['a\u0001b', null, '\u0002', '\u0001', '', '\u0000', '\u0002\u0001', null, 'last'];
    const table = { rowCount: values.length, columns: { a: text(...values), b: text(...values.toReversed()) } };
    expect(await roundTrip(table)).toEqual(table);
    const marks = { rowCount: 2, columns: { a: text('\u0002', null) } };
    expect(await roundTrip(marks)).toEqual(marks);
  });

  it('reads files of several row groups, and texts that together are too long for one string', async () => {
    const rows = 130_000;
    const table: Table = {
      rowCount: rows,
      columns: {
        id: { kind: 'text', values: Array.from({ length: rows }, (_, i) => (i % 1000 === 999 ? null : `row ${i}`)) },
        n: { kind: 'number', values: Float64Array.from({ length: rows }, (_, i) => i) },
      },
    };
    const paths = [nextPath(), nextPath()];
    for (const path of paths) await writeParquet(table, path);
    const read = await readParquet(paths);
    expect([read.rowCount, read.columns.id!.values.length]).toEqual([2 * rows, 2 * rows]);
    for (const row of [0, 998, 999, 122_879, 122_880, rows - 1, rows, 2 * rows - 1])
      expect(read.columns.id!.values[row]).toBe(table.columns.id!.values[row % rows]);
    const long = { rowCount: 3, columns: { a: text('x'.repeat(40 * 2 ** 20), null, 'y'.repeat(40 * 2 ** 20)) } };
    const { values } = (await roundTrip(long)).columns.a!;
    expect([values[0] === long.columns.a.values[0], values[1], values[2] === long.columns.a.values[2]]).toEqual([
      true,
      null,
      true,
    ]);
  });

  it('reads a file with a column of the name that DuckDB gives to row numbers', async () => {
    const table = { rowCount: 2, columns: { FILE_row_number: text('a', null), other: text('b', 'c') } };
    expect(await roundTrip(table)).toEqual(table);
  });

  it('rejects invalid tables, files that are not Parquet, and missing columns', async () => {
    await expect(writeParquet({ rowCount: 0, columns: {} }, nextPath())).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(writeParquet({ rowCount: 2, columns: { a: number(1) } }, nextPath())).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(
      writeParquet({ rowCount: 1, columns: { a: number(1), A: number(1) } }, nextPath()),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(writeParquet({ rowCount: 1, columns: { a: timestamp(0.5) } }, nextPath())).rejects.toMatchObject({
      code: 'INVALID_VALUE',
    });
    const path = nextPath();
    writeFileSync(path, 'id,amount\n1,2\n');
    await expect(readParquet([path])).rejects.toMatchObject({ code: 'MALFORMED_FILE' });
    await expect(readParquet([])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await writeParquet({ rowCount: 1, columns: { a: number(1) } }, path);
    await expect(readParquet([path], ['b'])).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
      details: { column: 'b' },
    });
  });

  it('writes and reads 650,000 transactions in a few seconds', async () => {
    const n = 650_000;
    const at = (make: (i: number) => string | null): Column => ({
      kind: 'text',
      values: Array.from({ length: n }, (_, i) => make(i)),
    });
    const numbers = (make: (i: number) => number): Float64Array => Float64Array.from({ length: n }, (_, i) => make(i));
    const table: Table = {
      rowCount: n,
      columns: {
        id: at((i) => `t${String(i).padStart(8, '0')}`),
        user_id: at((i) => `u${i % 300}`),
        booked_at: { kind: 'timestamp', values: numbers((i) => 1.6e12 + i * 1000) },
        amount: { kind: 'number', values: numbers((i) => Math.round(Math.sin(i) * 1e6) / 100) },
        category: at((i) => `category-${i % 23}`),
        description: at((i) => `UPI/${i}/MERCHANT ${i % 500}`),
        disputed_at: { kind: 'timestamp', values: numbers((i) => (i % 1000 === 0 ? 1.7e12 : NaN)) },
      },
    };
    const path = nextPath();
    const started = performance.now();
    await writeParquet(table, path);
    const read = await readParquet([path]);
    const seconds = (performance.now() - started) / 1000;
    expect(read.columns.amount).toEqual(table.columns.amount);
    expect(read.columns.description?.values[n - 1]).toBe(table.columns.description?.values[n - 1]);
    expect(seconds).toBeLessThan(30); // about 3 s alone on 2 cores; the bound only catches a per-cell path
  });
});

describe('texts as codes and texts that stay in their files', () => {
  const shops = ['Ünïcode', '', 'grocer', null, "it's"] as const;
  const n = 5_000;
  const rows = Array.from({ length: n }, (_, i) => i);
  const payments: Table = {
    rowCount: n,
    columns: {
      id: text(...rows.map((i) => `p${i}`)),
      shop: text(...rows.map((i) => shops[i % shops.length]!)),
      amount: number(...rows.map((i) => (i % 7 === 0 ? Number.NaN : i / 3))),
      note: text(...rows.map(() => null)),
    },
  };
  const hashOf = async (table: Table): Promise<string> => {
    const path = nextPath();
    await writeParquet(table, path);
    return sha256(readFileSync(path));
  };
  async function readBoth() {
    const paths = [nextPath(), nextPath()];
    await writeParquet(selectRows(payments, rows.slice(0, 3_000)), paths[0]!);
    await writeParquet(selectRows(payments, rows.slice(3_000)), paths[1]!);
    return {
      plain: await readParquet(paths),
      coded: await readParquet(paths, undefined, { encode: true, carried: ['id'] }),
    };
  }

  it('have the values, and write the bytes, of the texts themselves', async () => {
    const { plain, coded } = await readBoth();
    const { shop, amount, note } = coded.columns;
    expect(shop?.kind === 'text' && shop.encoded?.words).toEqual(['', 'Ünïcode', 'grocer', "it's"].sort());
    expect(shop?.values).toEqual(plain.columns.shop?.values);
    expect(note?.values).toEqual(plain.columns.note?.values);
    expect(amount?.values).toEqual(plain.columns.amount?.values);
    expect(await hashOf(coded)).toBe(await hashOf(plain));
    const some = rows.filter((i) => i % 3 === 1);
    expect(await hashOf(selectRows(coded, some))).toBe(await hashOf(selectRows(plain, some)));
    expect(await hashOf(selectRows(coded, []))).toBe(await hashOf(selectRows(plain, [])));
  });

  it('refuse to be read where they are only carried over', async () => {
    const { coded } = await readBoth();
    expect(() => coded.columns.id?.values).toThrow(expect.objectContaining({ code: 'MISSING_COLUMN' }));
    expect(coded.columns.id?.kind).toBe('text');
    const only = { rowCount: n, columns: { id: coded.columns.id! } };
    expect(await hashOf(only)).toBe(await hashOf({ rowCount: n, columns: { id: payments.columns.id! } }));
  });
});
