import type pg from 'pg';
import type { BackendTable, TableSpec } from '../../contracts/backend.js';
import { type CorrectableColumn, correctableColumns } from '../../contracts/feedback.js';
import type { Table } from '../../contracts/table.js';
import { textColumn } from '../../learning/table.js';
import { asDatabaseFault } from '../../platform/postgres/faults.js';
import {
  CORRECTIONS_QUERY,
  FEEDBACK_QUERY,
  readCorrections,
  type Corrections,
  readFeedbackPage,
} from './feedback-rows.js';
import { ANNOTATIONS_QUERY, readGivenTexts, replaceAnnotations } from './given-annotations.js';

export interface GivenFeedbackOptions {
  /** This system's own database. */
  readonly pool: pg.Pool;
  /** Of the source, in the transaction of the extraction. */
  readonly client: pg.ClientBase;
  readonly spec: TableSpec;
  readonly source: string;
  /** Milliseconds. */
  readonly asOf: number;
  readonly chunkRows: number;
}

/** What callers of the API said about rows of a source, as extraction adds it to the rows of one table. */
export interface GivenFeedback {
  /** New values of one column, by id. */
  readonly corrections: (Pick<CorrectableColumn, 'column' | 'knownAt'> & { readonly given: Corrections }) | null;
  /** Rows of the source that are replaced: those with one of these values in a column. */
  readonly replaced: readonly { readonly column: string; readonly values: readonly string[] }[];
  /** Further rows of the table, in pages. */
  pages(): AsyncIterable<Table> | Iterable<Table>;
}

/** The feedback that a table takes: SQL of what is read, and how. */
interface Taken {
  readonly query: string;
  readonly open: (options: GivenFeedbackOptions) => Promise<GivenFeedback>;
}

const takenByTable: Partial<Readonly<Record<BackendTable, Taken>>> = {
  chat_messages: corrections('chat_messages'),
  credit_applications: corrections('credit_applications'),
  transactions: corrections('transactions'),
  entity_annotations: { query: ANNOTATIONS_QUERY, open: openAnnotations },
  prediction_feedback: {
    query: FEEDBACK_QUERY,
    open: (options) => Promise.resolve({ ...NOTHING, pages: () => feedbackPages(options) }),
  },
};

/** SQL of the feedback that extraction adds to a table; null: it adds none. */
export const feedbackQueryOf = (table: BackendTable): string | null => takenByTable[table]?.query ?? null;

/** @throws PipelineError `SERVICE_UNAVAILABLE`, `INTERNAL` when our own database cannot be read. */
export const openGivenFeedback = (options: GivenFeedbackOptions): Promise<GivenFeedback> =>
  takenByTable[options.spec.name]?.open(options) ?? Promise.resolve(NOTHING);

/** Leaves a table as the source has it. */
export const NOTHING: GivenFeedback = { corrections: null, replaced: [], pages: () => [] };

function corrections(corrects: keyof typeof correctableColumns): Taken {
  const { column, knownAt }: CorrectableColumn = correctableColumns[corrects];
  return {
    query: CORRECTIONS_QUERY,
    async open({ pool, source, asOf }) {
      const given = await within(pool, (client) => readCorrections(client, { source, asOf, corrects }));
      return { ...NOTHING, corrections: given.size === 0 ? null : { column, knownAt, given } };
    },
  };
}

async function openAnnotations({ pool, client, chunkRows, ...moment }: GivenFeedbackOptions): Promise<GivenFeedback> {
  const given = await within(pool, (own) => readGivenTexts(own, moment));
  const replacements = await replaceAnnotations(client, given, moment);
  return { ...NOTHING, replaced: replacements.replaced, pages: () => replacements.pages(chunkRows) };
}

async function* feedbackPages({ pool, spec, source, asOf, chunkRows: rows }: GivenFeedbackOptions) {
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
