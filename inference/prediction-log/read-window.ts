import type pg from 'pg';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { type AnswerContent, openContent } from './sealed-row.js';

type Database = Pick<pg.Pool, 'query'>;

/** Answers of a line, from a moment (milliseconds) up to another, which is excluded. */
export interface LogWindow {
  readonly modelName: string;
  readonly line: string;
  readonly from: number;
  readonly to: number;
}

/** A logged answer that was decrypted for a statistic. */
export interface ReadAnswer extends Pick<AnswerContent, 'input' | 'output'> {
  readonly version: string;
  readonly abstained: boolean;
}

/** Rows that are decrypted at a time: a forecast's are some 15 KB each. */
const PAGE_ROWS = 500;

const WHERE = 'model_name = $1 and line = $2 and at >= $3 and at < $4';
const COUNT = `select count(*)::int as rows from serving.predictions where ${WHERE}`;
/* Ids are random, and so is the hash of an id: the same part of the rows each time. */
const PAGE = `
  select id, at::text as at, version, abstained, content from serving.predictions
  where ${WHERE} and (at, id) > ($5::timestamptz, $6::uuid) and mod(abs(hashtextextended(id::text, 17)), 1000000) < $7
  order by at, id limit ${PAGE_ROWS}`;

const MILLION = 1_000_000;
const NO_ID = '00000000-0000-0000-0000-000000000000';

const bounds = ({ modelName, line, from, to }: LogWindow): unknown[] => [
  modelName,
  line,
  new Date(from).toISOString(),
  new Date(to).toISOString(),
];

/** Number of answers in a window. */
export async function countAnswers(database: Database, window: LogWindow): Promise<number> {
  return (await database.query<{ rows: number }>(COUNT, bounds(window))).rows[0]!.rows;
}

interface Row {
  readonly id: string;
  readonly at: string;
  readonly version: string;
  readonly abstained: boolean;
  readonly content: Buffer;
}

/**
 * The answers of a window, oldest first, page by page, so that memory does not depend on their number. Of more than
 * `mostRows` a sample of about so many is read, the same each time.
 * @param answers - number of answers in the window.
 * @throws PipelineError `KEY_NOT_FOUND`, `DECRYPTION_FAILED`.
 */
export async function* readWindow(
  database: Database,
  keys: Pick<KeyRing, 'open'>,
  window: LogWindow,
  { answers, mostRows }: { readonly answers: number; readonly mostRows: number },
): AsyncGenerator<ReadAnswer> {
  const share = answers <= mostRows ? MILLION : Math.floor((MILLION * mostRows) / answers);
  let last: Pick<Row, 'at' | 'id'> = { at: '-infinity', id: NO_ID };
  for (;;) {
    const { rows } = await database.query<Row>(PAGE, [...bounds(window), last.at, last.id, share]);
    for (const { id, version, abstained, content } of rows) {
      const { input, output } = openContent(keys, { id, sealed: content });
      yield { version, abstained, input, output };
    }
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1)!;
  }
}
