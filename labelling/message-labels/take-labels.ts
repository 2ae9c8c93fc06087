import type { Pool } from 'pg';
import { findLabelled } from '../find-labelled.js';
import { sqlLiteral } from '../sql-literal.js';
import type { LabelTarget, TakenLabels } from '../taken-labels.js';
import { findKnownNames, type LabelStores, requireKnownLabels } from './known-labels.js';
import type { GivenLabel, MessageLabel } from './label-file.js';

/** Statements for whoever may write to the backend's database; a label that is there already is corrected. */
export const labelSql = (labels: readonly MessageLabel[]): string[] =>
  labels.map(
    ({ id, intent }) =>
      `update backend.chat_messages set intent = ${sqlLiteral(intent)}, intent_labelled_at = now() where id = ${sqlLiteral(id)} and intent is distinct from ${sqlLiteral(intent)};`,
  );

/**
 * Labels the messages that have no label or another one. A corrected label is recorded in `prediction_feedback` with the
 * one before. The row lock makes a label of the same moment wait and be seen.
 */
const WRITE_LABELS = `
  with changed as (
    select message.id, message.user_id, message.intent as before, label.intent
    from backend.chat_messages message
    join unnest($2::text[], $3::text[]) as label (id, intent) on label.id = message.id
    where message.source = $1 and message.intent is distinct from label.intent
    for update of message
  ), written as (
    update backend.chat_messages as message set intent = changed.intent, intent_labelled_at = now()
    from changed where message.source = $1 and message.id = changed.id
    returning message.id
  ), recorded as (
    insert into backend.prediction_feedback
      (source, id, user_id, model, entity_kind, entity_id, predicted, verdict, label, created_at)
    select $1, 'label-' || id || '-' || gen_random_uuid(), user_id, $4, 'chat_message', id, before, 'corrected', intent, now()
    from changed where before is not null
    returning id
  )
  select (select count(*)::int from written) as written, (select count(*)::int from recorded) as corrected,
    (select count(*)::int from backend.chat_messages where source = $1 and id = any($2)) as found`;

interface WriteTarget {
  readonly source: string;
  readonly modelName: string;
}

/** One statement, so all labels are written or none. */
async function writeLabels(
  pool: Pool,
  { source, modelName }: WriteTarget,
  labels: readonly MessageLabel[],
): Promise<TakenLabels> {
  const values = [source, labels.map(({ id }) => id), labels.map(({ intent }) => intent), modelName];
  const { rows } = await pool.query<{ written: number; corrected: number; found: number }>(WRITE_LABELS, values);
  const { found, written, corrected } = rows[0]!;
  const rest = { unchanged: found - written, unknown: labels.length - found };
  return { kind: 'written', counts: { written, corrected, ...rest } };
}

/**
 * Brings labels back into the messages: new ones, and corrections of those that are there. All labels or none.
 * @throws PipelineError `INVALID_VALUE` for a name that is not known and not declared as new.
 */
export async function takeLabels(
  stores: LabelStores,
  labels: readonly GivenLabel[],
  target: LabelTarget,
): Promise<TakenLabels> {
  const { source, newNames, readOnly } = target;
  const model = await findLabelled('messages');
  const known = [...(await findKnownNames(stores, model, source)), ...newNames];
  requireKnownLabels(labels, model.labelling, { ...target, known });
  if (readOnly) return { kind: 'statements', sql: labelSql(labels) };
  return writeLabels(stores.backendPool, { source, modelName: model.modelName }, labels);
}
