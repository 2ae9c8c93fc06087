import type pg from 'pg';
import type { TableSpec } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { timestampColumn, textColumn, withColumn } from '../../learning/table.js';
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

/** The newest label of a message, and when it was given (milliseconds). */
export interface MessageLabel {
  readonly label: string;
  readonly at: number;
}

/** Labels that callers of the API gave to messages before a moment, the newest of each. */
export async function readMessageLabels(
  client: pg.ClientBase,
  { source, asOf }: { readonly source: string; readonly asOf: number },
): Promise<ReadonlyMap<string, MessageLabel>> {
  const { rows } = await client.query<{ id: string; label: string; at: Date }>(
    `select distinct on (entity_id) entity_id as id, label, created_at as at from feedback.prediction_feedback
     where source = $1 and created_at < $2 and labels_message order by entity_id, created_at desc`,
    [source, new Date(asOf).toISOString()],
  );
  return new Map(rows.map(({ id, label, at }) => [id, { label, at: at.getTime() }]));
}

/** Messages with the labels, unless the backend has a newer one. */
export function withMessageLabels(messages: Table, labels: ReadonlyMap<string, MessageLabel>): Table {
  if (labels.size === 0) return messages;
  const [intents, times] = [
    [...textColumn(messages, 'intent')],
    timestampColumn(messages, 'intent_labelled_at').slice(),
  ];
  textColumn(messages, 'id').forEach((id, row) => {
    const given = labels.get(id ?? '');
    if (given === undefined || times[row]! > given.at) return;
    intents[row] = given.label;
    times[row] = given.at;
  });
  const [intent, at]: Column[] = [
    { kind: 'text', values: intents },
    { kind: 'timestamp', values: times },
  ];
  return withColumn(withColumn(messages, 'intent', intent!), 'intent_labelled_at', at!);
}
