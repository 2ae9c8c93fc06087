import type pg from 'pg';
import { type ParityResult, parityResult } from '../../contracts/feature-parity.js';
import { inTransaction } from '../../platform/postgres/transaction.js';

/** The checks of what the API read, in schema `monitoring`. */
export interface ParityLog {
  /** Stores a check once for each run. */
  record(runKey: string, result: ParityResult): Promise<void>;
  /** Newest first. */
  list(source: string, limit: number): Promise<readonly ParityResult[]>;
}

const RECORD = `
  insert into monitoring.parity_checks (run_key, source, status, since, until, answers, not_compared)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;
const RECORD_VIEW = `
  insert into monitoring.parity_views (run_key, view, version, compared, differing, worst, columns, findings)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`;
const LIST = `
  select source, status, since, until, answers, not_compared as "notCompared",
    coalesce((select json_agg(json_build_object('view', view, 'version', version, 'compared', compared,
      'differing', differing, 'worst', worst, 'findings', findings) order by view, version)
      from monitoring.parity_views v where v.run_key = c.run_key), '[]') as views
  from monitoring.parity_checks c where source = $1 order by checked_at desc limit $2`;

type Row = Omit<ParityResult, 'since' | 'until'> & { readonly since: Date; readonly until: Date };

const toResult = ({ since, until, ...rest }: Row): ParityResult =>
  parityResult.parse({ ...rest, since: since.toISOString(), until: until.toISOString() });

export function createParityLog(pool: pg.Pool): ParityLog {
  return {
    record: (runKey, { source, status, since, until, answers, notCompared, views }) =>
      inTransaction(pool, async (client) => {
        const facts = [runKey, source, status, since, until, answers, JSON.stringify(notCompared)];
        await client.query(RECORD, facts);
        for (const { view, version, compared, differing, worst, findings } of views) {
          const columns = [...new Set(findings.flatMap((each) => each.columns.map(({ name }) => name)))];
          const counts = [compared, differing, worst, columns, JSON.stringify(findings)];
          await client.query(RECORD_VIEW, [runKey, view, version, ...counts]);
        }
      }),
    async list(source, limit) {
      return (await pool.query<Row>(LIST, [source, limit])).rows.map(toResult);
    },
  };
}
