import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { FileFormat } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { isBackendLine, lineName } from '../../../contracts/ids.js';

const LONGEST_NAME = 40;
/** Names that say which part of a data set a file is, and not which data set. */
const PARTS =
  /^(?:all|bio|conll|data|dev|full|folds?|iob|labels?|original|test|train|training|valid|validation)(?:-(?:all|data|full|set))?$/;

/** A name in the letters of a line; empty where it has none of them. */
const slugOf = (name: string): string =>
  basename(name)
    .replace(/\..*$/u, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');

/** The line of a file whose layout many unrelated data sets share: `conll-wikigold`. */
function lineOfFile(layout: string, path: string): string {
  const own = slugOf(path);
  const name = PARTS.test(own) ? slugOf(dirname(path)) : own;
  const hash = createHash('sha256').update(basename(path)).digest('hex').slice(0, 8);
  if (name === layout || name.startsWith(`${layout}-`)) return name;
  return `${layout}-${name === '' ? hash : name}`;
}

/**
 * Checks the name of `--line-name`.
 * @throws PipelineError `INVALID_INPUT` for other signs, and for a line of the backends.
 */
export function parseLineName(text: string): string {
  const wanted = 'wanted lower-case letters, digits and dashes, and no line of a backend';
  if (lineName.safeParse(text).success && !isBackendLine(text)) return text;
  throw new PipelineError('INVALID_INPUT', `--line-name: ${wanted}`, { option: '--line-name' });
}

/**
 * The format with the line of a file: the one that the user names, else that of the layout, with the file's or folder's
 * name where the layout is shared by unrelated data sets.
 * @throws PipelineError `INVALID_INPUT` for a table by schema, which names its line itself.
 */
export function withLine(format: FileFormat, path: string, named: string | undefined): FileFormat {
  const { schema, isSharedLayout = false } = format;
  if (named !== undefined && schema.table !== undefined)
    throw new PipelineError('INVALID_INPUT', '--line-name: a schema names its line itself; change its member "name"');
  const line = named ?? (isSharedLayout ? lineOfFile(schema.line, path) : schema.line);
  return line === schema.line ? format : { ...format, schema: { ...schema, line } };
}
