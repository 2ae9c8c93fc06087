import type { DuckDBConnection } from '@duckdb/node-api';
import { firstColumn, quoteName, quoteText } from './duckdb.js';

/** A text column that is read as codes: the SQL of a row's code, and the texts that they stand for. */
export interface CodedColumn {
  readonly name: string;
  /** An integer; −1 = missing. */
  readonly expression: string;
  /** Ascending. */
  readonly words: readonly string[];
}

/** Those of the columns whose values repeat: the file's writer found that a dictionary pays in every row group. */
async function repeatingColumns(
  connection: DuckDBConnection,
  paths: readonly string[],
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const files = `parquet_metadata([${paths.map(quoteText).join(', ')}])`;
  const wanted = names.map(quoteText).join(', ');
  const repeating = new Set(
    await firstColumn<string>(
      connection,
      `select path_in_schema from ${files} where path_in_schema in (${wanted}) group by path_in_schema
       having bool_and(dictionary_page_offset is not null or num_values = 0)`,
    ),
  );
  return names.filter((name) => repeating.has(name));
}

/**
 * Prepares reading those text columns as codes whose values repeat. A code costs a third of a text to read, and rows of
 * one owner are then grouped without comparing texts. DuckDB's enumerations give the codes: a join with the distinct
 * values would change the order of the rows.
 * @param from - the files in SQL.
 */
export async function prepareCodes(
  connection: DuckDBConnection,
  { from, paths }: { readonly from: string; readonly paths: readonly string[] },
  names: readonly string[],
): Promise<CodedColumn[]> {
  const columns: CodedColumn[] = [];
  for (const [index, name] of (await repeatingColumns(connection, paths, names)).entries()) {
    const [column, type] = [quoteName(name), `codes${index}`];
    await connection.run(
      `create temp type ${type} as enum (select distinct ${column} from ${from} where ${column} is not null order by 1)`,
    );
    const words = await firstColumn<string>(connection, `select unnest(enum_range(null::${type}))::varchar`);
    columns.push({ name, expression: `coalesce(enum_code(${column}::${type})::integer, -1)`, words });
  }
  return columns;
}
