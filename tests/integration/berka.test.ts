import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importBerka } from '../../datasets/sources/berka/import.js';
import { createSourceCatalog } from '../../datasets/sources/catalog.js';
import { projectRoot } from '../../platform/project.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const folder = join(projectRoot, '../shared/data/backend-db/berka');

describe.skipIf(!existsSync(folder))('import of the Czech bank (skipped where ../shared/data is absent)', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  const broken = mkdtempSync(join(tmpdir(), 'berka-broken-'));

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    await createSourceCatalog(pool).migrate();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    rmSync(broken, { recursive: true, force: true });
  });

  const stores = () => ({ backendPool: pool, catalog: createSourceCatalog(pool) });
  const one = async (query: string) => (await pool.query<Record<string, string>>(query)).rows[0];

  it('loads every row once over repeated runs and activates the source', async () => {
    for (let run = 0; run < 2; run++) {
      const { rows, badLoans } = await importBerka(stores(), folder);
      expect(rows).toMatchObject({ users: 5369, accounts: 4500, transactions: 49_102, loans: 328 });
      expect(badLoans).toBe(46);
    }
    expect(await one('select count(*) from backend.transactions')).toEqual({ count: '49102' });
    expect(await stores().catalog.active()).toBe('berka');
  });

  it('has 160 loans with an earlier transaction, 25 of them bad', async () => {
    const found = await one(`select count(*) as loans, count(*) filter (where outcome = 'defaulted') as bad
      from backend.credit_applications a where exists (select from backend.transactions t
        where t.source = a.source and t.user_id = a.user_id and t.booked_at < a.applied_at)`);
    expect(found).toEqual({ loans: '160', bad: '25' });
  });

  it('reads VYBER as an outgoing amount and keeps the balance given by the bank', async () => {
    expect(await one(`select count(*) from backend.transactions where amount > 0 and category = 'cash'`)).toEqual({
      count: '0',
    });
    expect(await one('select count(*) from backend.accounts where user_id is null')).toEqual({ count: '0' });
  });

  it('names a malformed line and changes nothing', async () => {
    cpSync(folder, broken, { recursive: true });
    rmSync(join(broken, 'loan_before_1997.asc'));
    writeFileSync(
      join(broken, 'loan_before_1997.asc'),
      'loan_id;account_id;date;amount;duration;payments;status\n5314;1787;930705;abc;12;8033.00;"B"\n',
    );
    await expect(importBerka(stores(), broken)).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      details: { file: 'loan_before_1997.asc', row: 1, column: 'amount' },
    });
    expect(await one('select count(*) from backend.loans')).toEqual({ count: '328' });
  });
});
