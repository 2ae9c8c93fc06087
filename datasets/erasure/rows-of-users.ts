import type { BackendTable } from '../../contracts/backend.js';
import { userColumnOf } from '../snapshots/buckets.js';
import { quoteName, quoteText } from '../snapshots/duckdb.js';

/** Kinds of entities that feedback is about, and the tables of their rows. */
const feedbackEntities = {
  transaction: 'transactions',
  chat_message: 'chat_messages',
  credit_application: 'credit_applications',
} as const satisfies Readonly<Record<string, BackendTable>>;

/** SQL of a clause `from` with all rows of a table; null: there is none. */
export type RowsOf = (table: BackendTable) => string | null;

const inList = (values: readonly string[]): string => values.map(quoteText).join(', ');

/** Tables by whose rows it is known whose the rows of a table are. */
export function owningTables(table: BackendTable): readonly BackendTable[] {
  if (table === 'entity_annotations') return ['chat_messages', 'transactions'];
  if (table === 'prediction_feedback') return ['prediction_feedback', ...Object.values(feedbackEntities)];
  return [table];
}

/**
 * Condition over the rows `alias` of a table that are of some users: their own, annotations of their texts, and feedback
 * about what is theirs. Valid in PostgreSQL and DuckDB; null where a column is.
 * @param userIds - at least one.
 */
export function rowsOfUsers(
  table: BackendTable,
  userIds: readonly string[],
  { alias, rowsOf }: { readonly alias: string; readonly rowsOf: RowsOf },
): string {
  const column = (name: string): string => `${alias}.${quoteName(name)}`;
  const owned = (of: BackendTable, id: string): string[] => {
    const rows = rowsOf(of);
    if (rows === null) return [];
    return [`${column(id)} in (select o.id from ${rows} o where o.user_id in (${inList(userIds)}))`];
  };
  const conditions: string[] = [];
  const owner = userColumnOf(table);
  if (owner !== null) conditions.push(`${column(owner)} in (${inList(userIds)})`);
  if (table === 'entity_annotations')
    conditions.push(...owned('chat_messages', 'message_id'), ...owned('transactions', 'transaction_id'));
  if (table === 'prediction_feedback')
    for (const [kind, of] of Object.entries(feedbackEntities))
      conditions.push(...owned(of, 'entity_id').map((one) => `(${column('entity_kind')} = '${kind}' and ${one})`));
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}
