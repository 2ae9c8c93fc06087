import type pg from 'pg';
import { backendTables } from '../../contracts/backend.js';
import { rowsOfUsers } from '../../datasets/erasure/rows-of-users.js';
import type { KeysByTable } from '../../datasets/erasure/rewrite-snapshot.js';
import { quoteText } from '../../datasets/snapshots/duckdb.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';

/** Whose rows are meant. */
export interface CustomerRows {
  readonly userId: string;
  /** Sources whose rows are meant. */
  readonly sources: readonly string[];
  /** Keys of the customer's rows in snapshots, by source. */
  readonly keys: ReadonlyMap<string, KeysByTable>;
  readonly ring: Pick<KeyRing, 'signByAll'>;
  /** True where schema `backend` is this system's own, filled by a generation or an import. */
  readonly ownBackend: boolean;
}

interface Statement {
  readonly name: string;
  /** From the name of the table on. */
  readonly from: string;
  readonly values: readonly unknown[];
}

/** Entities of feedback, and the tables that hold them. */
const entityTables = ['transactions', 'chat_messages', 'credit_applications', 'entity_annotations'] as const;

function* ofSource({ userId, keys, ownBackend }: CustomerRows, source: string): Generator<Statement> {
  const byTable: KeysByTable = keys.get(source) ?? new Map();
  const entities = entityTables.flatMap((table) => [...(byTable.get(table) ?? [])]);
  yield {
    name: 'feedback',
    from: `feedback.prediction_feedback t where t.source = $1 and (t.user_id = $2 or t.entity_id = any($3))`,
    values: [source, userId, entities],
  };
  for (const [table, ids] of byTable)
    yield {
      name: 'quarantine',
      from: `quarantine.rows t where t.source = $1 and t."table" = $2 and t.key = any($3)`,
      values: [source, table, [...ids]],
    };
  if (!ownBackend) return;
  const rowsOf = (table: string): string => `(select * from backend.${table} where source = ${quoteText(source)})`;
  for (const table of backendTables.toReversed()) {
    const condition = rowsOfUsers(table, [userId], { alias: 't', rowsOf });
    yield {
      name: `backend.${table}`,
      from: `backend.${table} t where t.source = $1 and ${condition}`,
      values: [source],
    };
  }
}

function* statementsOf(rows: CustomerRows): Generator<Statement> {
  for (const source of rows.sources) yield* ofSource(rows, source);
  const hashes = rows.ring.signByAll('subjects', rows.userId).map(({ hash }) => hash);
  yield { name: 'predictions', from: 'serving.predictions t where t.subject_hash = any($1)', values: [hashes] };
}

const add = (counts: Record<string, number>, name: string, count: number): void => {
  if (count > 0) counts[name] = (counts[name] ?? 0) + count;
};

/** Numbers of a customer's rows in the tables of this system. */
export async function countRows(database: Pick<pg.Pool, 'query'>, rows: CustomerRows): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, from, values } of statementsOf(rows)) {
    const found = await database.query<{ count: number }>(`select count(*)::int as count from ${from}`, [...values]);
    add(counts, name, found.rows[0]!.count);
  }
  return counts;
}

/** Deletes a customer's rows of the tables of this system. @returns their numbers by table. */
export async function deleteRows(
  database: Pick<pg.ClientBase, 'query'>,
  rows: CustomerRows,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, from, values } of statementsOf(rows)) {
    const deleted = await database.query(`delete from ${from}`, [...values]);
    add(counts, name, deleted.rowCount ?? 0);
  }
  return counts;
}
