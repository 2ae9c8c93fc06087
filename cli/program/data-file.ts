import type { FileFormat } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { TableSchema } from '../../contracts/table-schema.js';
import type { DataFile } from '../../datasets/sources/files/read-file.js';
import type { CliContext } from './context.js';
import { readJsonInput } from './json-input.js';
import type { TypedReadingOptions } from './reading-options.js';

/** Options of a command that reads a data file. */
export interface DataFileOptions extends TypedReadingOptions {
  readonly dataPath?: string;
  readonly lineName?: string;
  /** Path of a JSON file. */
  readonly schema?: string;
}

/** @throws PipelineError `INVALID_INPUT` for an option that says how a file is written where there is none. */
export function refuseWithoutFile(options: DataFileOptions): void {
  const { delimiter, decimal, dateFormat, columns, schema, encoding, skipLines, timeZone } = options;
  const given = Object.entries({
    '--delimiter': delimiter,
    '--decimal': decimal,
    '--date-format': dateFormat,
    '--null': options.null,
    '--columns': columns,
    '--encoding': encoding,
    '--skip-lines': skipLines,
    '--time-zone': timeZone,
    '--schema': schema,
    '--line-name': options.lineName,
  });
  const option = given.find(([, value]) => value !== undefined)?.[0];
  if (option !== undefined) throw new PipelineError('INVALID_INPUT', `${option} belongs to a file; give --data-path`);
}

/** @throws PipelineError `FILE_NOT_READABLE`; `INVALID_INPUT` naming what is wrong with the schema. */
export async function readSchemaFile(path: string): Promise<TableSchema> {
  const { parseTableSchema } = await import('../../datasets/sources/tables/parse-schema.js');
  return parseTableSchema(await readJsonInput(`@${path}`), path);
}

/**
 * Reads the file of `--data-path`; how it was read is said on standard error. A bad file ends here, before anything is
 * started.
 */
export async function readDataPath(
  cli: CliContext,
  dataPath: string,
  formats: readonly FileFormat[],
  options: TypedReadingOptions & Pick<DataFileOptions, 'lineName'>,
): Promise<DataFile> {
  const [{ readDataFile }, { readingOptions }, { customerTimeZone, valueFor }] = await Promise.all([
    import('../../datasets/sources/files/read-file.js'),
    import('./reading-options.js'),
    import('../../platform/config/config.js'),
  ]);
  const timeZoneOf = (line: string): string => customerTimeZone(cli.config.customerTimeZones, line);
  const dateOrderOf = (line: string) => valueFor(cli.config.dateOrders, line);
  const written = await readingOptions(options);
  const file = await readDataFile(dataPath, formats, {
    ...written,
    lineName: options.lineName,
    timeZoneOf,
    dateOrderOf,
  });
  cli.out.notice(
    `${file.fileName}: ${file.table.rowCount} rows, read as ${file.format.name}, line ${file.format.schema.line}`,
  );
  for (const remark of file.remarks) cli.out.notice(`  ${remark}`);
  return file;
}
