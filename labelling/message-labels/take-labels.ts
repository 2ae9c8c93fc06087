import type { Pool } from 'pg';
import { findLabelled } from '../find-labelled.js';
import { sqlLiteral } from '../sql-literal.js';
import type { LabelTarget, TakenLabels } from '../taken-labels.js';
import { findKnownNames, type LabelStores, requireKnownLabels } from './known-labels.js';
import type { GivenLabel, MessageLabel } from './label-file.js';

/** Statements for whoever may write to the backend's database; a label that is there already stays. */
export const labelSql = (labels: readonly MessageLabel[]): string[] =>
  labels.map(
    ({ id, intent }) =>
      `update backend.chat_messages set intent = ${sqlLiteral(intent)}, intent_labelled_at = now() where id = ${sqlLiteral(id)} and intent is null;`,
  );

/** One statement, so all labels are written or none. @returns how many messages had no label and have one now. */
async function writeLabels(pool: Pool, source: string, labels: readonly MessageLabel[]): Promise<number> {
  const { rowCount } = await pool.query(
    `update backend.chat_messages as message set intent = label.intent, intent_labelled_at = now()
     from unnest($2::text[], $3::text[]) as label (id, intent)
     where message.source = $1 and message.id = label.id and message.intent is null`,
    [source, labels.map(({ id }) => id), labels.map(({ intent }) => intent)],
  );
  return rowCount ?? 0;
}

/**
 * Brings labels back into the messages. All labels or none.
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
  return { kind: 'written', written: await writeLabels(stores.backendPool, source, labels) };
}
