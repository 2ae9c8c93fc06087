import type pg from 'pg';
import { copyRows, RowBuffer } from '../../../platform/postgres/copy-rows.js';
import { schemaMismatch } from '../../sources/backend/check/finding.js';
import { examinePage, type PageFacts } from './page.js';
import type { SourceQuery } from './source-query.js';

/** Rows of the source, without those of a last key that may go on in the next page. */
export interface Page {
  /** As `copyRows` returns them. */
  readonly bytes: Buffer;
  readonly rows: number;
  /** Of the last row. */
  readonly lastId: string;
  readonly duplicates: boolean;
  /** Whether there may be more rows after it. */
  readonly isFull: boolean;
}

/** A full page ends before its last key, since further rows may share that. */
function cutPage(bytes: Buffer, { rows, lastId, before, duplicates }: PageFacts, isFull: boolean): Page | null {
  if (lastId === null) return null;
  if (!isFull) return { bytes, rows, lastId, duplicates, isFull };
  if (before === null) return null;
  return { bytes: bytes.subarray(0, before.end), rows: before.rows, lastId: before.id, duplicates, isFull };
}

/**
 * Pages in key order after a key, none of them empty, each valid until the next one is asked for. Rows of one key are in one page.
 * @param statementOf - COPY of at most so many rows after a key.
 * @throws PipelineError `SOURCE_SCHEMA_MISMATCH` for rows that are not in key order, or too many of one key.
 */
export async function* readPages(
  client: pg.ClientBase,
  { spec }: Pick<SourceQuery, 'spec'>,
  options: {
    readonly statementOf: (page: { readonly after: string; readonly rows: number }) => string;
    readonly after: string;
    readonly rows: number;
  },
): AsyncGenerator<Page> {
  const { statementOf, rows } = options;
  let { after } = options;
  const buffer = new RowBuffer();
  for (;;) {
    const bytes = await copyRows(client, statementOf({ after, rows }), buffer);
    const facts = examinePage(bytes, spec);
    const isFull = facts.rows >= rows;
    const page = cutPage(bytes, facts, isFull);
    if (page !== null) yield page;
    if (!isFull) return;
    if (page === null || Buffer.compare(Buffer.from(page.lastId), Buffer.from(after)) <= 0)
      throw noProgress(spec.name, facts.lastId, rows);
    after = page.lastId;
  }
}

const noProgress = (table: string, key: string | null, rows: number) =>
  schemaMismatch(
    [
      {
        table: `backend.${table}`,
        column: 'id',
        severity: 'error',
        found: `a page of ${rows} rows without a new key`,
        wanted: 'a key of its own for each row, and pages that begin after the key that is asked for',
        remedy: `select id, count(*) from backend.${table} group by id having count(*) > 1;`,
      },
    ],
    { key: key ?? '' },
  );
