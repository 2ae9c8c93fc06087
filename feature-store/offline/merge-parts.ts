import type { RowsConclusion } from '../../contracts/model-definition.js';
import type { DatasetSchema } from '../../contracts/dataset.js';
import { firstRow, parquetRows, quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import { ROW, SECTION } from './dataset-parts.js';

/** What DuckDB may use while it sorts; the rest goes to temporary files. */
const SORT_MEMORY = '512MB';

/** What a data set is put together from. */
export interface MergedParts {
  readonly files: readonly string[];
  /** Files of the columns over groups of rows. */
  readonly grouped: readonly string[];
  readonly schema: DatasetSchema;
  readonly conclusion: RowsConclusion;
}

/** The rows of all parts with the columns over groups, joined by the number of the row. */
const joinedRows = ({ files, grouped }: MergedParts): string =>
  grouped.length === 0 ? parquetRows(files) : `${parquetRows(files)} join ${parquetRows(grouped)} using (${ROW})`;

/** A column as a data set stores it. */
function storedColumn({ name, type }: DatasetSchema['columns'][number], { unknown = [] }: RowsConclusion): string {
  if (unknown.includes(name)) return `null::double as ${quoteName(name)}`;
  return type === 'timestamp' ? `${quoteName(name)}::timestamp_ms as ${quoteName(name)}` : quoteName(name);
}

/**
 * Writes the rows of all parts as one file: section by section, each ordered by the bytes of its key, so that the file
 * is the same however the users were divided. Sorts on disk.
 * @returns number of rows.
 */
export async function mergeParts(parts: MergedParts, path: string): Promise<number> {
  const { schema, conclusion } = parts;
  const { leaveOut } = conclusion;
  const columns = schema.columns.map((column) => storedColumn(column, conclusion));
  const kept =
    leaveOut === undefined ? '' : `where ${quoteName(leaveOut.column)} is distinct from ${quoteText(leaveOut.value)}`;
  return withDuckDb(async (connection) => {
    await connection.run(`set memory_limit = '${SORT_MEMORY}'`);
    try {
      await connection.run(
        `copy (select ${columns.join(', ')} from ${joinedRows(parts)} ${kept}
               order by ${SECTION}, ${quoteName(schema.key)})
         to ${quoteText(path)} (format parquet, compression zstd)`,
      );
    } finally {
      await connection.run('reset memory_limit');
    }
    return (await firstRow<[number]>(connection, `select count(*)::integer from ${parquetRows([path])}`))[0];
  });
}
