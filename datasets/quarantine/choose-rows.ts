import type { DuckDBConnection } from '@duckdb/node-api';
import { type BackendTable, backendTables } from '../../contracts/backend.js';
import { quoteText } from '../snapshots/duckdb.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { FAULTS, valueName, valuesOf } from '../validation/files/check-file.js';
import { countSql } from '../validation/files/marked-rows.js';
import { describeFiles, type StoredFile } from '../validation/files/stored-file.js';
import type { QuarantineDecisions } from './decisions.js';

/** Parquet files of a snapshot by table. */
export type SnapshotFiles = ReadonlyMap<BackendTable, readonly string[]>;

/** Rule and reason of rows that somebody dropped. */
const DROPPED = { rule: 'dropped', reason: 'dropped by a person' } as const;
/** Values in one statement. */
const VALUES_AT_ONCE = 5000;

async function inBatches<T>(items: readonly T[], work: (batch: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < items.length; from += VALUES_AT_ONCE) await work(items.slice(from, from + VALUES_AT_ONCE));
}

const tuple = (...texts: readonly string[]): string => `(${texts.map(quoteText).join(', ')})`;

async function keepReleased(connection: DuckDBConnection, { released }: QuarantineDecisions): Promise<void> {
  await inBatches(released, (batch) =>
    connection.run(
      `delete from ${FAULTS} where ("table", key, rule, "column") in ` +
        `(${batch.map(({ table, key, rule, column }) => tuple(table, key, rule, column)).join(', ')})`,
    ),
  );
}

/** Adds the rows of a file that a condition chooses. @param where - SQL over the key's value and `t`. */
async function addRows(
  connection: DuckDBConnection,
  file: StoredFile,
  chosen: { readonly table: BackendTable; readonly rule: string; readonly column: string; readonly reason: string } & {
    readonly where: string;
  },
): Promise<void> {
  const { table, rule, column, reason, where } = chosen;
  const facts = [rule, column, reason].map(quoteText).join(', ');
  await connection.run(
    `insert into ${FAULTS} select ${quoteText(table)}, ${file.part}, t.r, t.pos, t.${valueName('id')}, ${facts}, true ` +
      `from (${valuesOf(file, column === '' ? ['id'] : ['id', column])}) t where ${where}`,
  );
}

async function addDropped(
  connection: DuckDBConnection,
  table: BackendTable,
  { files, dropped }: { readonly files: readonly StoredFile[]; readonly dropped: QuarantineDecisions['dropped'] },
): Promise<void> {
  const keys = dropped.flatMap((one) => (one.table === table ? [one.key] : []));
  if (keys.length === 0) return;
  await connection.run('create or replace temp table dropped_keys (key varchar)');
  await inBatches(keys, (batch) =>
    connection.run(`insert into dropped_keys values ${batch.map((key) => tuple(key)).join(', ')}`),
  );
  const where = `t.${valueName('id')} in (select key from dropped_keys)`;
  for (const file of files) await addRows(connection, file, { table, column: '', ...DROPPED, where });
}

/** Keys of a table that no remaining row has, in a temporary table `gone`. @returns their number. */
async function collectGone(
  connection: DuckDBConnection,
  table: BackendTable,
  files: readonly StoredFile[],
): Promise<number> {
  const out = `(select * from ${FAULTS} where "table" = ${quoteText(table)})`;
  await connection.run(`create or replace temp table gone as select distinct key from ${out} where key is not null`);
  for (const file of files)
    await connection.run(
      `delete from gone where key in (select t.${valueName('id')} from (${valuesOf(file, ['id'])}) t ` +
        `where t.pos not in (select pos from ${out}))`,
    );
  return countSql(connection, 'select count(*) from gone');
}

const isRequired = (table: BackendTable, column: string): boolean =>
  tableSpecs[table].columns.some(({ name, nullable }) => name === column && nullable !== true);

/** Tables whose rows must name a row of this one. */
const dependants = (target: BackendTable): (readonly [BackendTable, string])[] =>
  backendTables.flatMap((table) =>
    Object.entries(tableSpecs[table].foreignKeys).flatMap(([column, named]) =>
      named === target && isRequired(table, column) ? [[table, column] as const] : [],
    ),
  );

/**
 * Decides which rows are left out, from the faults that validation collected: without those that were released, with
 * those that were dropped, and with the rows that would name a row which is left out in a column that must name one. A
 * row that may do without such a reference stays. Tables come before those that need them (`backendTables`).
 */
export async function chooseRows(
  connection: DuckDBConnection,
  snapshot: SnapshotFiles,
  decisions: QuarantineDecisions,
): Promise<void> {
  await keepReleased(connection, decisions);
  const files = new Map<BackendTable, readonly StoredFile[]>();
  for (const table of backendTables) files.set(table, await describeFiles(connection, snapshot.get(table) ?? []));
  for (const table of backendTables) {
    await addDropped(connection, table, { files: files.get(table)!, dropped: decisions.dropped });
    const chosen = await countSql(connection, `select count(*) from ${FAULTS} where "table" = ${quoteText(table)}`);
    if (chosen === 0 || (await collectGone(connection, table, files.get(table)!)) === 0) continue;
    for (const [dependant, column] of dependants(table))
      for (const file of files.get(dependant)!)
        if (file.kinds.get(column) === 'text')
          await addRows(connection, file, {
            ...{ table: dependant, column, rule: 'foreign-key', reason: `its row of ${table} is left out` },
            where: `t.${valueName(column)} in (select key from gone)`,
          });
  }
}
