import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from 'kysely';
import { createPool } from '../../platform/postgres/pool.js';
import { migrateSchemas, type OwnedSchema } from '../../platform/postgres/schemas.js';
import { projectRoot } from '../../platform/project.js';
import { registrySchema } from '../../registry/migrations/index.js';
import { createPostgresRegistry } from '../../registry/postgres-registry.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { warn: () => undefined });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** A schema whose migrations create a table each. */
const schemaOf = (schema: string, ...names: string[]): OwnedSchema => ({
  schema,
  migrations: Object.fromEntries(
    names.map((name) => [
      name,
      {
        up: async (db) => {
          await sql`create table ${sql.table(`${schema}.${name}`)} ()`.execute(db);
        },
      },
    ]),
  ),
});

it('applies missing migrations, and runs a single query when the schema is current', async () => {
  const schemas = [schemaOf('one', 'a'), schemaOf('two', 'a', 'b')];
  expect(await migrateSchemas(pool, schemas)).toEqual(['a', 'a', 'b']);
  const query = vi.spyOn(pool, 'query');
  const connect = vi.spyOn(pool, 'connect');
  expect(await migrateSchemas(pool, schemas)).toEqual([]);
  expect(query).toHaveBeenCalledTimes(1);
  expect(connect.mock.calls.length).toBeLessThanOrEqual(1); // the connection of that query
});

it('migrates one schema that is behind while the others are current', async () => {
  await migrateSchemas(pool, [schemaOf('one', 'a'), schemaOf('two', 'a')]);
  expect(await migrateSchemas(pool, [schemaOf('one', 'a'), schemaOf('two', 'a', 'b')])).toEqual(['b']);
});

it('refuses a database that a newer program migrated', async () => {
  await migrateSchemas(pool, [schemaOf('one', 'a', 'b')]);
  await expect(migrateSchemas(pool, [schemaOf('one', 'a')])).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('schema one failed') as string,
  });
});

it('applies each migration once when several processes migrate at the same time', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrateSchemas(pool, [schemaOf('one', 'a', 'b')])));
  expect(applied.flat().sort()).toEqual(['a', 'b']);
});

it('reports that PostgreSQL is unreachable', async () => {
  const away = createPool('postgres://nobody@127.0.0.1:1/none', { warn: () => undefined });
  await expect(migrateSchemas(away, [schemaOf('one', 'a')])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await away.end();
});

type Row = Record<string, unknown>;

/** Rows of each table in an order that fits their foreign keys, written by the release before the line `synthetic`. */
const former = JSON.parse(
  readFileSync(join(projectRoot, 'tests', 'support', 'registry-before-synthetic-line.json'), 'utf8'),
) as Record<string, Row[]>;

/** A registry as that release left it: its migrations, its rows. */
async function restoreFormer(): Promise<void> {
  const names = ['0001-registry-core', '0002-given-holdout'] as const;
  const migrations = Object.fromEntries(names.map((name) => [name, registrySchema.migrations[name]!]));
  await migrateSchemas(pool, [{ schema: 'registry', migrations }]);
  for (const [table, rows] of Object.entries(former))
    for (const row of rows) {
      const columns = Object.keys(row).join(', ');
      await pool.query(
        `insert into registry.${table} (${columns}) overriding system value
         select ${columns} from jsonb_populate_record(null::registry.${table}, $1)`,
        [JSON.stringify(row)],
      );
    }
  for (const table of ['registry.holdout_changes', 'registry.stage_transitions'])
    await pool.query(`select setval(pg_get_serial_sequence('${table}', 'id'), max(id)) from ${table}`);
}

describe('migration of a registry in which generated rows belonged to the line default', () => {
  const CREDIT = 'credit-risk-scorer';
  const INTENTS = 'intent-classifier';
  const rowsOf = async (table: string, modelName: string, columns: string): Promise<string[]> => {
    const { rows } = await pool.query<{ text: string }>(
      `select concat_ws(' ', ${columns}) as text from registry.${table} t where model_name = $1 order by t::text`,
      [modelName],
    );
    return rows.map(({ text }) => text);
  };
  beforeEach(async () => {
    await restoreFormer();
    await migrateSchemas(pool, [registrySchema]);
  });

  it('moves a line of generated rows as a whole, with its holdouts, runs and audit rows', async () => {
    const registry = createPostgresRegistry(pool);
    expect(await registry.findLine(CREDIT, 'default')).toBeNull();
    expect((await registry.findLine(CREDIT, 'synthetic'))?.holdout).toMatchObject({ salt: 'salt#2' });
    expect(await rowsOf('version_stages', CREDIT, 'line, version, stage')).toEqual([
      'synthetic 1.0.0 production',
      'synthetic 1.0.1 staging',
    ]);
    expect(await rowsOf('holdout_changes', CREDIT, `line, actor, holdout ->> 'salt'`)).toEqual([
      'synthetic pipeline salt',
      'synthetic ada salt#2',
    ]);
    const runs = await registry.listRuns({ modelName: CREDIT });
    expect(runs.map(({ line, status, version }) => [line, status, version])).toEqual([
      ['synthetic', 'failed', null],
      ['synthetic', 'registered', '1.0.1'],
      ['synthetic', 'rejected', null],
      ['synthetic', 'registered', '1.0.0'],
    ]);
    const remark = expect.stringContaining('moved from the line "default"') as string;
    expect(runs.at(-1)?.dataset).toMatchObject({ line: 'synthetic', notes: ['a note', remark] });
    expect(await rowsOf('line_changes', CREDIT, 'from_line, to_line, versions, runs')).toEqual([
      'default synthetic 2 4',
    ]);
  });

  it('keeps who decided what when, and marks production as a demo', async () => {
    const transitions = await createPostgresRegistry(pool).listTransitions(CREDIT, 'synthetic');
    const before = former['stage_transitions']!.filter(({ model_name }) => model_name === CREDIT);
    expect(transitions.map(({ actor, reason, at }) => [actor, reason, at.getTime()])).toEqual(
      before.map(({ actor, reason, at }) => [actor, reason, Date.parse(at as string)]),
    );
    expect(transitions.filter(({ demo }) => demo).map(({ version, to }) => [version, to])).toEqual([
      ['1.0.0', 'production'],
    ]);
    expect(await rowsOf('promotion_requests', CREDIT, 'line, version, status')).toEqual([
      'synthetic 1.0.0 approved',
      'synthetic 1.0.1 open',
    ]);
  });

  it("separates a line that the generator and the user's database share; numbers stay", async () => {
    const registry = createPostgresRegistry(pool);
    expect(await rowsOf('version_stages', INTENTS, 'line, version, stage')).toEqual([
      'default 1.0.1 staging',
      'synthetic 1.0.0 archived',
    ]);
    for (const line of ['default', 'synthetic'])
      expect((await registry.findLine(INTENTS, line))?.holdout).toMatchObject({ kind: 'group', salt: 'salt' });
    expect(await rowsOf('runs', INTENTS, 'line, status')).toEqual(
      expect.arrayContaining(['default failed', 'default registered', 'synthetic registered']),
    );
    expect(await rowsOf('promotion_requests', INTENTS, 'line, version, status')).toEqual(['default 1.0.1 open']);
  });

  it('leaves other lines as they were', async () => {
    for (const modelName of ['anomaly-detector', 'financial-ner', 'spending-predictor'])
      for (const table of ['runs', 'datasets', 'versions', 'lines']) {
        const lines = former[table]!.filter((row) => row['model_name'] === modelName).map(({ line }) => line);
        expect((await rowsOf(table, modelName, 'line')).sort()).toEqual(lines.sort());
      }
  });

  it('leaves the guards of the audit rows in place', async () => {
    for (const change of [
      `update registry.stage_transitions set actor = 'mallory'`,
      `delete from registry.holdout_changes`,
      `update registry.line_changes set reason = 'none'`,
      `update registry.versions set artefact_hash = repeat('0', 64)`,
      `update registry.versions set line = 'elsewhere'`,
      `insert into registry.version_stages values ('${CREDIT}', 'synthetic', '9.9.9', 'dev')`,
    ])
      await expect(pool.query(change)).rejects.toMatchObject({ code: expect.stringMatching(/^23/) as string });
    const { rows } = await pool.query(`select 1 from pg_constraint
      where contype = 'f' and connamespace = 'registry'::regnamespace and condeferrable
        and conname <> 'promotion_requests_superseded_by_fkey'`);
    expect(rows).toEqual([]);
  });

  it('lets training and promotion go on', async () => {
    const registry = createPostgresRegistry(pool);
    expect((await registry.findChampion(CREDIT, 'synthetic'))?.version).toBe('1.0.0');
    const [open] = await registry.listPromotionRequests({ modelName: CREDIT, status: 'open' });
    await registry.decidePromotionRequest(open!.requestId, { status: 'approved', decidedBy: 'ada', reason: 'demo' });
    const promoted = await registry.promote({
      modelName: CREDIT,
      line: 'synthetic',
      version: '1.0.1',
      to: 'production',
      demo: true,
      actor: 'ada',
      reason: 'demo',
      idempotencyKey: 'later',
    });
    expect(promoted).toMatchObject({ to: 'production', demo: true });
    const back = await registry.rollback({
      modelName: CREDIT,
      line: 'synthetic',
      actor: 'ada',
      reason: 'back',
      idempotencyKey: 'back',
    });
    expect(back.version).toBe('1.0.0');
  });
});
