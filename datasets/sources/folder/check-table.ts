import { basename, dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, PipelineError } from '../../../contracts/errors.js';
import { quoteName } from '../../snapshots/duckdb.js';
import type { SourceFinding } from '../backend/check/finding.js';
import { sqlTypeOf } from '../backend/column-types.js';
import { tableSpecs } from '../backend/tables.js';
import type { TableFiles } from './find-files.js';
import { type ColumnReading, columnReadings, rowsOf, type ShapeFault } from './read-table.js';

/** What was found in the files of one table. */
export interface FolderTable {
  readonly files: TableFiles;
  readonly rows: number;
  readonly readings: readonly ColumnReading[];
  readonly findings: readonly SourceFinding[];
}

/** How messages name the files: the one, or the sub-folder. */
const nameOf = ({ paths, table }: TableFiles): string => (paths.length === 1 ? basename(paths[0]!) : `${table}/`);

/**
 * Compares the files of one table with the documented columns, and reads every value: what is missing, has another type
 * or does not fit, keys that occur twice. Findings name rows by number and key, never by a value.
 * @throws PipelineError `MALFORMED_FILE` for files that are not Parquet or CSV.
 */
export async function checkTableFiles(connection: DuckDBConnection, files: TableFiles): Promise<FolderTable> {
  try {
    return await check(connection, files);
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    // DuckDB quotes lines of the file in its messages.
    const where = files.paths.length === 1 ? files.paths[0]! : dirname(files.paths[0]!);
    throw new PipelineError(
      'MALFORMED_FILE',
      `${where} cannot be read as ${files.format}`,
      { file: where },
      {
        cause: new Error(messageOf(fault).split('\n')[0]),
      },
    );
  }
}

async function check(connection: DuckDBConnection, files: TableFiles): Promise<FolderTable> {
  const spec = tableSpecs[files.table];
  const described = await connection.run(`select * from ${rowsOf(files)} limit 0`);
  const types = new Map(described.columnNames().map((name, i) => [name, described.columnType(i).toString()]));
  const { readings, faults } = columnReadings(spec, types);
  const shape = faults.map((fault) => shapeFinding(files, fault, [...types.keys()]));
  if (shape.length > 0) return { files, rows: 0, readings, findings: shape };
  const counts = await countFaults(connection, files, readings);
  return { files, readings, ...counts };
}

function shapeFinding(files: TableFiles, { spec, type }: ShapeFault, names: readonly string[]): SourceFinding {
  const place = { table: nameOf(files), column: spec.name, severity: 'error' as const };
  const wanted = sqlTypeOf(spec).replace(' collate "C"', '');
  if (type !== null) return { ...place, found: `type ${type}`, wanted, remedy: `write ${spec.name} as ${wanted}` };
  const same = names.find(
    (name) => name.toLowerCase() === spec.name.replaceAll('_', '').toLowerCase() || name.toLowerCase() === spec.name,
  );
  const remedy = same === undefined ? `add a column ${spec.name}: ${spec.description}` : `rename the column ${same}`;
  return { ...place, found: 'missing', wanted, remedy };
}

async function countFaults(
  connection: DuckDBConnection,
  files: TableFiles,
  readings: readonly ColumnReading[],
): Promise<Pick<FolderTable, 'rows' | 'findings'>> {
  const required = readings.filter(({ spec }) => spec.nullable !== true);
  const of = (condition: string): string =>
    `count(*) filter (${condition})::double, min(id::varchar) filter (${condition})`;
  const selected = [
    'count(*)::double, (count(id) - count(distinct id))::double',
    ...readings.map(({ unfit }) => of(unfit)),
    ...required.map(({ spec }) => of(`${quoteName(spec.name)} is null`)),
  ];
  const sql = `select ${selected.join(', ')} from ${rowsOf(files)}`;
  const [row = []] = (await connection.runAndReadAll(sql)).getRowsJS();
  const [rows, repeated, ...found] = row;
  const place = { table: nameOf(files), severity: 'error' as const };
  const findings: SourceFinding[] = [];
  if (Number(repeated) > 0)
    findings.push({
      ...place,
      column: 'id',
      found: `${Number(repeated)} rows repeat a key`,
      wanted: 'another key in every row',
      remedy: 'write each row once',
    });
  readings.forEach(({ spec, wanted }, i) => {
    const count = Number(found[2 * i]);
    if (count > 0) findings.push({ ...place, column: spec.name, ...unfitValues(count, found[2 * i + 1], wanted) });
  });
  required.forEach(({ spec }, i) => {
    const at = 2 * (readings.length + i);
    const count = Number(found[at]);
    if (count > 0) findings.push({ ...place, column: spec.name, ...missingValues(count, found[at + 1]) });
  });
  return { rows: Number(rows), findings };
}

const first = (key: unknown): string => (typeof key === 'string' ? `; first: ${key.slice(0, 80)}` : '');

const unfitValues = (count: number, key: unknown, wanted: string) => ({
  found: `${count} values do not fit${first(key)}`,
  wanted,
  remedy: `write each as ${wanted}, or leave it empty where it may be missing`,
});

const missingValues = (count: number, key: unknown) => ({
  found: `${count} rows have no value${first(key)}`,
  wanted: 'a value in every row',
  remedy: 'fill it, or leave the rows out',
});
