import { pino } from 'pino';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../platform/postgres/pool.js';
import { createAuditLog } from '../../registry/audit/audit-log.js';
import { createPostgresRegistry, type PostgresRegistry } from '../../registry/postgres-registry.js';
import { createReportLog } from '../../registry/report-log.js';
import { createStepLog } from '../../registry/step-log.js';
import { createUsageLog } from '../../registry/usage-log.js';
import { checkRegistry } from '../support/check-registry.js';
import { checkStepLog } from '../support/check-step-log.js';
import { checkUsageAndReports } from '../support/check-usage-and-reports.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const silent = pino({ level: 'silent' });

describe('registry on PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let registry: PostgresRegistry;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, silent);
    registry = createPostgresRegistry(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  checkRegistry(() => ({ registry, pool }));
  checkStepLog(() => createStepLog(pool));
  checkUsageAndReports(() => ({ registry, usage: createUsageLog(pool), reports: createReportLog(pool) }));

  it("accepts the published split of a public data set as a line's holdout, and refuses other kinds", async () => {
    const holdout = { kind: 'given' as const, column: 'part', heldOut: ['test'] };
    expect(await registry.ensureLine('intent-classifier', 'clinc150', holdout)).toMatchObject({ holdout });
    expect(await registry.ensureLine('intent-classifier', 'clinc150', holdout)).toMatchObject({ holdout });
    const invented = { ...holdout, kind: 'invented' } as unknown as typeof holdout;
    await expect(registry.ensureLine('intent-classifier', 'other', invented)).rejects.toThrow();
  });

  it('has audited every transition, decision and override of the tests before, in one sound chain', async () => {
    const { fault, entries } = await createAuditLog(pool).verify();
    expect(fault).toBeNull();
    const { rows } = await pool.query<{ missing: string; found: string }>(`
      with audited as (select action, subject, details::jsonb as details from registry.audit_log)
      select (select count(*) from audited) as found,
        (select count(*) from registry.stage_transitions t
         where not exists (select from audited where details ->> 'transition' = t.id::text))
        + (select count(*) from registry.promotion_requests r where status <> 'open' and not exists (
             select from audited where action = 'promotion.' || r.status and details ->> 'requestId' = r.request_id))
        + (select count(*) from registry.overrides o where not exists (
             select from audited where action = 'version.overridden' and details ->> 'runKey' = o.run_key)) as missing`);
    // One decision is none of the registry's: a test holds its row by SQL of its own.
    expect(rows[0]).toEqual({ missing: '1', found: String(entries) });
    expect(entries).toBeGreaterThan(50);
  });

  it('reports an unreachable server as a retryable error', async () => {
    const nowhere = createPool('postgres://nobody@127.0.0.1:1/none', silent);
    const asked = createPostgresRegistry(nowhere).listRuns({});
    await expect(asked).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    await nowhere.end();
  });
});
