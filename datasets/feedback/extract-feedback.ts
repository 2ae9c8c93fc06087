import type pg from 'pg';
import type { TableSpec } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import { textColumn } from '../../learning/table.js';
import { asDatabaseFault } from '../../platform/postgres/faults.js';
import { type MessageLabel, readFeedbackPage, readMessageLabels, withMessageLabels } from './feedback-rows.js';

export interface GivenFeedbackOptions {
  /** This system's own database; null: there is no feedback of the API. */
  readonly pool: pg.Pool | null;
  readonly spec: TableSpec;
  readonly source: string;
  /** Milliseconds. */
  readonly asOf: number;
  readonly chunkRows: number;
}

/** What callers of the API said about rows of a source, as extraction adds it to the rows of one table. */
export interface GivenFeedback {
  /** Rows with the labels that were given to them. */
  label(table: Table): Table;
  /** Further rows of the table, in pages. */
  pages(): AsyncIterable<Table>;
}

const MESSAGES = 'chat_messages';
const FEEDBACK = 'prediction_feedback';

/** @throws PipelineError `SERVICE_UNAVAILABLE`, `INTERNAL` when our own database cannot be read. */
export async function openGivenFeedback(options: GivenFeedbackOptions): Promise<GivenFeedback> {
  const { pool, spec } = options;
  const labels: ReadonlyMap<string, MessageLabel> =
    pool === null || spec.name !== MESSAGES
      ? new Map()
      : await within(pool, (client) => readMessageLabels(client, options));
  return {
    label: (table) => withMessageLabels(table, labels),
    async *pages() {
      if (pool === null || spec.name !== FEEDBACK) return;
      yield* pagesOf(pool, options);
    },
  };
}

async function* pagesOf(pool: pg.Pool, { spec, source, asOf, chunkRows: rows }: GivenFeedbackOptions) {
  for (let after = ''; ;) {
    const table = await within(pool, (client) => readFeedbackPage(client, spec, { source, asOf, rows, after }));
    if (table.rowCount === 0) return;
    yield table;
    after = textColumn(table, 'id').at(-1)!;
  }
}

async function within<Result>(pool: pg.Pool, read: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  try {
    const client = await pool.connect();
    return await read(client).finally(() => client.release());
  } catch (fault) {
    throw asDatabaseFault(fault);
  }
}
