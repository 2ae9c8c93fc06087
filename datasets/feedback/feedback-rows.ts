import type pg from 'pg';
import type { TableSpec } from '../../contracts/backend.js';
import type { Correctable } from '../../contracts/feedback.js';
import type { Table } from '../../contracts/table.js';
import { queryText, toTable } from '../snapshots/source-rows.js';

/** SQL of the rows that extraction adds to the backend's `prediction_feedback`; parameters as its own query. */
export const FEEDBACK_QUERY = `
  select id, user_id, model, entity_kind, entity_id, predicted, verdict, label, created_at
  from feedback.prediction_feedback
  where source = $1 and id > $2 and created_at < $3
  order by id limit $4`;

/** One page of feedback of the API. @param page - `asOf` in milliseconds. */
export async function readFeedbackPage(
  client: pg.ClientBase,
  spec: TableSpec,
  page: { readonly source: string; readonly after: string; readonly asOf: number; readonly rows: number },
): Promise<Table> {
  const values = [page.source, page.after, new Date(page.asOf).toISOString(), page.rows];
  return toTable(spec.columns, await queryText(client, { text: FEEDBACK_QUERY, values }), 'feedback of the API');
}

/** SQL of the newest correction of each row of a table. */
export const CORRECTIONS_QUERY = `
  select distinct on (entity_id) entity_id as id, label, created_at as at from feedback.prediction_feedback
  where source = $1 and created_at < $2 and corrects = $3 order by entity_id, created_at desc, id`;

/** A correction, and when it was given (milliseconds). */
export interface Correction {
  readonly label: string;
  readonly at: number;
}

/** The newest correction of each row, by id. */
export type Corrections = ReadonlyMap<string, Correction>;

export interface CorrectionsOf {
  readonly source: string;
  /** Milliseconds; later corrections are left out. */
  readonly asOf: number;
  readonly corrects: Correctable;
}

/** What callers of the API corrected in rows of a table before a moment, the newest of each. */
export async function readCorrections(
  client: pg.ClientBase,
  { source, asOf, corrects }: CorrectionsOf,
): Promise<Corrections> {
  const values = [source, new Date(asOf).toISOString(), corrects];
  const { rows } = await client.query<{ id: string; label: string; at: Date }>(CORRECTIONS_QUERY, values);
  return new Map(rows.map(({ id, label, at }) => [id, { label, at: at.getTime() }]));
}
