import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditLog, createAuditLog } from '../../registry/audit/audit-log.js';
import { createPostgresRegistry } from '../../registry/postgres-registry.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/* The trigger of the audit log on a real PostgreSQL; that each deed writes its entry is in registry.test.ts. */

let database: TestDatabase;
let pool: pg.Pool;
let audit: AuditLog;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  await createPostgresRegistry(pool).migrate();
  audit = createAuditLog(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const entry = (subject: string) => ({ actor: 'ada 🙂', action: 'keys.rotated' as const, subject, details: { n: 1 } });

it('chains entries of concurrent transactions without a gap, and none of a deed that failed', async () => {
  const deeds = Array.from({ length: 12 }, (_, i) =>
    audit.record(async (append) => {
      await append(entry(`s${i}`));
      await append(entry(`s${i} again`));
      if (i % 4 === 0) throw new Error('undone');
    }),
  );
  const settled = await Promise.allSettled(deeds);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  const report = await audit.verify();
  expect(report).toMatchObject({ entries: 18, head: { id: 18 }, fault: null });
  expect(await audit.verify(report.head!)).toEqual(report);
  const listed = await audit.list({ limit: 100 });
  expect(listed.map(({ id }) => id)).toEqual(Array.from({ length: 18 }, (_, i) => 18 - i));
  expect(listed.some(({ subject }) => subject.startsWith('s4'))).toBe(false);
  expect((await audit.list({ subject: 's1', action: 'keys.rotated', limit: 5 }))[0]).toMatchObject(entry('s1'));
});

it('refuses changes, and finds those of somebody who may switch triggers off', async () => {
  for (const statement of [
    "update registry.audit_log set actor = 'eve'",
    'delete from registry.audit_log',
    'truncate registry.audit_log',
  ])
    // prettier-ignore
    await expect(pool.query(statement)).rejects.toThrow(/append-only/);
  await pool.query(`alter table registry.audit_log disable trigger append_only;
    update registry.audit_log set actor = 'eve' where id = 7; alter table registry.audit_log enable trigger append_only`);
  expect((await audit.verify()).fault).toMatchObject({ id: 7 });
});
