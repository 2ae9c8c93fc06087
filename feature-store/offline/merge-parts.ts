import type { RowsConclusion } from '../../contracts/model-definition.js';
import type { DatasetSchema } from '../../contracts/dataset.js';
import { quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import type { PartFile } from './dataset-parts.js';

/** What DuckDB may use while it sorts; the rest goes to temporary files. */
const SORT_MEMORY = '400MB';

/** What a data set is put together from. */
export interface MergedParts {
  readonly files: readonly PartFile[];
  /** Files of the columns over groups of rows, by the number of the row. */
  readonly grouped: readonly string[];
  readonly schema: DatasetSchema;
  readonly conclusion: RowsConclusion;
}

const filesOf = (paths: readonly string[]): string => `read_parquet([${paths.map(quoteText).join(', ')}])`;

/** The rows of all parts, with the number of their section. */
const partRows = (files: readonly PartFile[]): string =>
  files.map(({ path, section }) => `select *, ${section} as part_section from ${filesOf([path])}`).join(' union all ');

/**
 * The rows of all parts with the columns over groups, joined by the number of the row. Not by position: a union has no
 * order of its own.
 */
function joinedRows({ files, grouped }: MergedParts): string {
  if (grouped.length === 0) return partRows(files);
  let start = 0;
  const numbered = files.map(({ path, section, rows }) => {
    const from = `read_parquet([${quoteText(path)}], file_row_number = true)`;
    const row = `(file_row_number + ${start})::double as part_row`;
    start += rows;
    return `select * exclude (file_row_number), ${section} as part_section, ${row} from ${from}`;
  });
  return `select * from (${numbered.join(' union all ')}) join ${filesOf(grouped)} on part_row = "row"`;
}

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
        `copy (select ${columns.join(', ')} from (${joinedRows(parts)}) ${kept}
               order by part_section, ${quoteName(schema.key)})
         to ${quoteText(path)} (format parquet, compression zstd)`,
      );
    } finally {
      await connection.run('reset memory_limit');
    }
    const counted = await connection.runAndReadAll(`select count(*)::integer from ${filesOf([path])}`);
    return counted.getRows()[0]![0] as number;
  });
}
