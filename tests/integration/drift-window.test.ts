import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../contracts/table.js';
import { countAnswers, readWindow } from '../../inference/prediction-log/read-window.js';
import { servingSchema } from '../../inference/prediction-log/schema.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { findMonitored, type MonitoredModel } from '../../models/catalogue.js';
import { shapeOf } from '../../monitoring/drift/column-shape.js';
import { heldOutColumns, monitoredColumns } from '../../monitoring/drift/held-out-columns.js';
import { loggedColumns } from '../../monitoring/drift/logged-columns.js';
import { findSourceFaults } from '../../monitoring/drift/source-faults.js';
import { compareWindow, profileOf } from '../../monitoring/drift/statistics.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { type GivenAnswer, logAnswers } from '../support/logged-answers.js';
import { createTestDatabase } from '../support/test-database.js';

/* Windows of the prediction log in PostgreSQL, encrypted as the API writes them, compared with rows held out. */

const HOUR_MS = 3_600_000;
const MODEL = 'anomaly-detector';
const named = { modelName: MODEL, line: 'default', version: '1.0.0' };
const all = { mostRows: 100_000 };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let keys: KeyRing;
let home: string;
let model: MonitoredModel;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ml-drift-'));
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  keys = await openKeyRing({ home, keyRingFile: null });
  model = await findMonitored(MODEL);
  await migrateSchemas(pool, [servingSchema]);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const windowOf = (day: number) => ({ from: Date.UTC(2026, 4, day), to: Date.UTC(2026, 4, day + 1) });

describe('readWindow', () => {
  const read = async (day: number, mostRows: number) => {
    const window = { ...named, ...windowOf(day) };
    const answers = await countAnswers(pool, window);
    const found: number[] = [];
    for await (const { input } of readWindow(pool, keys, window, { answers, mostRows }))
      found.push((input as { readonly row: number }).row);
    return { answers, found };
  };

  it('reads each answer of the line in the window once, oldest first, page by page', async () => {
    const answers = Array.from({ length: 1201 }, (_, row): GivenAnswer => ({ input: { row }, output: null }));
    await logAnswers({ pool, keys }, named, windowOf(1), answers);
    await logAnswers({ pool, keys }, { ...named, line: 'synthetic' }, windowOf(1), answers.slice(0, 3));
    await logAnswers({ pool, keys }, named, windowOf(2), answers.slice(0, 3)); // begins where the window ends
    const { answers: counted, found } = await read(1, 100_000);
    expect(counted).toBe(1201);
    expect(found).toEqual(answers.map((_, row) => row));
  });

  it('reads the same sample of more answers each time', async () => {
    const first = await read(1, 300);
    expect(first.answers).toBe(1201);
    expect(first.found.length).toBeGreaterThan(200);
    expect(first.found.length).toBeLessThan(400);
    expect((await read(1, 300)).found).toEqual(first.found);
  });

  it('reads nothing of a window without rows', async () => {
    expect(await read(20, 300)).toEqual({ answers: 0, found: [] });
  });
});

describe('faults of the source in logged transactions', () => {
  const random = createRandom(11);
  /** Around two in the afternoon on the customers' clock. */
  const hour = (): number => Math.min(23.9, Math.max(0.1, 14 + 3 * random.normal()));
  const amount = (): number => -Math.round(Math.exp(6 + random.normal()) * 100) / 100;
  const ROWS = 1500;

  /** Rows as training has them: moments in UTC, and how far the customer's clock is ahead. */
  const heldOut = (rows = ROWS): Table => {
    const moments = Float64Array.from(
      { length: rows },
      (_, i) => Date.UTC(2026, 2, 1 + (i % 28)) + (hour() - 5.5) * HOUR_MS,
    );
    return {
      rowCount: rows,
      columns: {
        bookedAt: { kind: 'timestamp', values: moments.map(Math.round) },
        utcOffsetHours: { kind: 'number', values: new Float64Array(rows).fill(5.5) },
        amount: { kind: 'number', values: Float64Array.from({ length: rows }, amount) },
      },
    };
  };

  /** A transaction as it is sent, with the offset of the customer's clock. */
  const written = (hours: number): string => {
    const whole = Math.floor(hours);
    const minutes = Math.floor((hours - whole) * 60);
    return `2026-05-03T${String(whole).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:00+05:30`;
  };

  const columnsOf = async (day: number, change: { hours?: number; factor?: number; missing?: number }, rows = 600) => {
    const { hours: shift = 0, factor = 1, missing = 0 } = change;
    const answers = Array.from({ length: rows }, (_, i): GivenAnswer => {
      const value = i < missing * rows ? null : factor * amount();
      const bookedAt = written((((hour() + shift) % 24) + 24) % 24);
      return { input: { bookedAt, amount: -1, features: { amount: value } }, output: { score: 0.1 } };
    });
    await logAnswers({ pool, keys }, named, windowOf(day), answers);
    const window = { ...named, ...windowOf(day) };
    const read = readWindow(pool, keys, window, { answers: rows, ...all });
    return loggedColumns(monitoredColumns(model), read, { version: named.version });
  };

  const faultsOf = async (day: number, change: Parameters<typeof columnsOf>[1]) => {
    const scored = { rowCount: 0, columns: {} };
    const reference = new Map(
      heldOutColumns(monitoredColumns(model), { rows: heldOut(), scored }, ROWS).map((values) => [
        values.column.name,
        values,
      ]),
    );
    const { columns } = await columnsOf(day, change);
    const compared = columns.flatMap((values) => {
      const { name, role } = values.column;
      const before = reference.get(name);
      return before === undefined ? [] : [{ name, role, reference: shapeOf(before), current: shapeOf(values) }];
    });
    return findSourceFaults(compared).map(({ kind, column, finding }) => `${kind} ${column}: ${finding}`);
  };

  it('are none in a sound window', async () => {
    expect(await faultsOf(3, {})).toEqual([]);
  });

  it('are times on another clock', async () => {
    const [found, ...others] = await faultsOf(4, { hours: -5.5 });
    expect(others).toEqual([]);
    const [, hours] = /^time-shift hour: .* about (\S+) h earlier: another time zone$/.exec(found!)!;
    expect(Math.abs(Number(hours) - 5.5)).toBeLessThanOrEqual(0.5);
  });

  it('are amounts in another unit', async () => {
    expect(await faultsOf(5, { factor: 100 })).toEqual([
      expect.stringMatching(/^unit amount: all quantiles are × 100/),
    ]);
    expect(await faultsOf(6, { factor: 1 / 1000 })).toEqual([expect.stringMatching(/^unit amount: .* ÷ 1000/)]);
  });

  it('are values that are missing all at once', async () => {
    const found = await faultsOf(7, { missing: 0.6 });
    expect(found).toEqual([expect.stringMatching(/^missing-values amount: 60\.0 % of 600 values are missing/)]);
  });

  it.each(['default', 'evidently'] as const)(
    'decides nothing with fewer than 30 held-out rows in mode %s',
    async (mode) => {
      const scored = { rowCount: 0, columns: {} };
      const values = heldOutColumns(monitoredColumns(model), { rows: heldOut(29), scored }, ROWS);
      const { columns: current } = await columnsOf(mode === 'default' ? 8 : 9, {}, 100);
      const shared = current.filter(({ column }) => values.some((each) => each.column.name === column.name));
      const reference = { profile: profileOf(values), values };
      const found = compareWindow({ mode, reference, current: shared, importance: null });
      expect(found.undecided).toMatch(/29/);
      expect(found.driftedShare).toBeNull();
      expect(found.columns.every(({ drifted }) => !drifted)).toBe(true);
    },
  );
});
