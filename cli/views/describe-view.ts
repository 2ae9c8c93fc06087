import { columnRoles, type WrittenTableSchema } from '../../contracts/table-schema.js';
import type { DetectedColumn } from '../../datasets/sources/tables/detect-kinds.js';
import { type DescribedFile, describeFile } from '../../datasets/sources/tables/draft-schema.js';
import type { CliContext } from '../program/context.js';
import { readingOptions, type TypedReadingOptions } from '../program/reading-options.js';
import { writeNew } from '../output/write-new.js';

export interface DescribeOptions extends TypedReadingOptions {
  /** Path of the schema; true: beside nothing else, named after the file. */
  readonly writeSchema?: string | true;
}

/** Words of a closed list that are shown. */
const SHOWN_WORDS = 4;

function roleOf(name: string, schema: WrittenTableSchema): string {
  if (schema.protected?.includes(name) === true) return 'protected (guess)';
  const role = columnRoles.find((one) => schema[one] === name);
  if (role !== undefined) return `${role} (guess)`;
  return schema.notUsed?.[name] === undefined ? 'learned from' : `not used: ${schema.notUsed[name]}`;
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

function contentOf({ range, kind, values, distinct }: DetectedColumn): string {
  if (range !== null && kind !== 'timestamp') return `${short(range.minimum)} to ${short(range.maximum)}`;
  if (kind !== 'category' || values === null) return distinct === 0 ? '' : `${distinct} different`;
  const more = values.length > SHOWN_WORDS ? ` … (${values.length})` : '';
  return `${values.slice(0, SHOWN_WORDS).join(', ')}${more}`;
}

function printDescription(cli: CliContext, { fileName, rows, remarks, columns, schema }: DescribedFile): void {
  cli.out.line(`${fileName}: ${rows} rows, ${columns.length} columns`);
  for (const remark of remarks) cli.out.line(`  ${remark}`);
  cli.out.table({
    head: ['column', 'kind', 'empty', 'holds', 'use'],
    rows: columns.map((column) => [
      column.name,
      column.kind,
      column.missing === 0 ? '' : `${((100 * column.missing) / rows).toFixed(1)} %`,
      contentOf(column),
      roleOf(column.name, schema),
    ]),
  });
}

const schemaPath = (schema: WrittenTableSchema, wanted: string | true): string =>
  wanted === true ? `${schema.name}.schema.json` : wanted;

/**
 * Prints what the columns of a file hold, and writes a draft of the schema that `ml train --schema` takes. Starts nothing.
 * @throws PipelineError as `describeFile`; `INVALID_INPUT` for a schema file that exists.
 */
export async function describeData(cli: CliContext, path: string, options: DescribeOptions): Promise<void> {
  const described = await describeFile(path, await readingOptions(options));
  const { schema, ...facts } = described;
  const written = options.writeSchema === undefined ? null : schemaPath(schema, options.writeSchema);
  if (written !== null) await writeNew(written, `${JSON.stringify(schema, null, 2)}\n`);
  cli.out.result({ ...facts, schema, written }, () => printDescription(cli, described));
  const guesses = (schema.guessed ?? []).length === 0 ? '' : `; guessed: ${(schema.guessed ?? []).join(', ')}`;
  const next =
    written === null
      ? '--write-schema writes the draft of a schema'
      : `${written} written: look at it, then \`ml train credit-risk-scorer --data-path ${path} --schema ${written}\``;
  cli.out.notice(`${next}${guesses}`);
}
