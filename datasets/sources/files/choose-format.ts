import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import {
  fileColumns,
  type FoundColumns,
  isInFile,
  isRequired,
  listed,
  namesIn,
  requireKnownNames,
  type SourcedColumn,
  sourceColumns,
  withNumberedKey,
} from './column-sources.js';
import { namedWithNearest, nearestNames } from './near-names.js';
import type { ReadingOptions } from './reading-options.js';

/** Columns of a file's first record, as read by one format. */
export interface FilePreview extends Partial<Pick<FoundColumns, 'holdsDirections'>> {
  /** Column names; null for a file without header. */
  readonly columns: readonly string[] | null;
  readonly width: number;
  /** Of a CSV file. */
  readonly delimiter?: string;
  /** Line of the header, or of the first record without one. @default 1 */
  readonly firstLine?: number;
  /** Of a CSV file: quotes may stand inside unquoted fields. @default false */
  readonly relaxed?: boolean;
}

/** A format with the file's preview as read by it, and where its columns stand. */
export interface MatchedFormat {
  readonly format: FileFormat;
  readonly preview: FilePreview;
  readonly columns: readonly SourcedColumn[];
}

function sourced(format: FileFormat, preview: FilePreview, { columns: named }: ReadingOptions): MatchedFormat {
  const names = preview.columns ?? format.positionalColumns ?? [];
  const found = { names, holdsDirections: preview.holdsDirections ?? (() => false) };
  return { format, preview, columns: sourceColumns(format, found, named) };
}

/** Columns that a file must have for a format. */
const requiredColumns = (format: FileFormat) => fileColumns(format).filter((column) => isRequired(format, column));

const missingIn = ({ format, columns }: MatchedFormat): readonly string[] =>
  columns
    .filter((column) => isRequired(format, column) && column.source.kind === 'absent')
    .map(({ nameInFile }) => nameInFile);

/** Names in the file that no column is read from. */
function unusedNames({ preview, columns }: MatchedFormat): readonly string[] {
  const used = new Set(columns.flatMap(({ source, nameInFile }) => (source.kind === 'absent' ? [] : [nameInFile])));
  return (preview.columns ?? []).filter((name) => name !== '' && !used.has(name));
}

/** `MISSING_COLUMN` naming the absent columns with what comes near, the columns found, and those that may be absent. */
export function missingColumns(file: string, missing: readonly string[], candidate: MatchedFormat): Error {
  const { format, preview, columns } = candidate;
  const found = preview.columns ?? [];
  const optional = columns
    .filter((column) => isInFile(column) && !isRequired(format, column))
    .map(({ spec }) => spec.name);
  const wanted = namedWithNearest(missing, unusedNames(candidate));
  const freely = optional.length === 0 ? '' : `; may be left out: ${listed(optional)}`;
  const remedy = 'columns by other names: --columns';
  const finding = `format ${format.name} needs ${listed(wanted)}; found ${listed(found)}${freely}; ${remedy}`;
  return errorAt('MISSING_COLUMN', { file, column: missing[0] }, finding);
}

/** Share of required columns, or of the file's columns, from which a file counts as one of a format with some misnamed. */
const LIKELY_SHARE = 0.5;

/** How far a file has a format's columns: shares of the required ones, also by a near name, and of the file's own. */
function shares(candidate: MatchedFormat): { readonly ofRequired: number; readonly ofFound: number } {
  const { format, preview, columns } = candidate;
  const missing = missingIn(candidate);
  const required = requiredColumns(format).length;
  const near = nearestNames(missing, unusedNames(candidate)).size;
  const used = new Set(columns.flatMap(({ source }) => namesIn(source)));
  const found = preview.columns?.length ?? 0;
  return { ofRequired: (required - missing.length + near) / required, ofFound: used.size / Math.max(found, 1) };
}

/** The format that a file with misnamed columns most likely has; null when none comes near. */
function likeliest(candidates: readonly MatchedFormat[]): MatchedFormat | undefined {
  const ranked = candidates
    .filter(({ preview }) => preview.columns !== null)
    .map((candidate) => ({ candidate, ...shares(candidate) }))
    .filter(({ ofRequired, ofFound }) => Math.max(ofRequired, ofFound) >= LIKELY_SHARE);
  return ranked.sort((a, b) => b.ofRequired + b.ofFound - a.ofRequired - a.ofFound)[0]?.candidate;
}

/** A cell that no column name looks like. */
const isValue = (name: string): boolean => name === '' || /^[^\p{L}]*$/u.test(name) || /\d[-/.:]\d/.test(name);

/** The names in the first line are told only if it is a header for certain, that is, if one of them is known. */
function describeFound(seen: readonly MatchedFormat[], fallback: FilePreview): string {
  const headed = seen.filter(({ preview }) => preview.columns !== null);
  const known = headed.find(({ columns }) => columns.some(({ source }) => source.kind !== 'absent'));
  if (known !== undefined) return `found columns ${listed(known.preview.columns ?? [])}`;
  const { width, columns } = widest(headed.map(({ preview }) => preview)) ?? fallback;
  if (columns?.some(isValue) === true) return `no header found (${width} columns)`;
  return `none of the ${width} names that were found is known (no header?)`;
}

/** Column names of a format in the list of known ones. */
const MOST_NAMES = 8;

const describeFormat = (format: FileFormat): string => {
  const { name, encodings, description } = format;
  if (format.positionalColumns !== undefined || encodings.includes('text')) return `${name} (${description})`;
  return `${name} (${encodings.join(' or ')}: ${listed(
    requiredColumns(format).map(({ nameInFile }) => nameInFile),
    MOST_NAMES,
  )})`;
};

/** How a file may be read: its preview by a format, once for each delimiter that it may have. */
export interface Previews {
  readonly of: (format: FileFormat) => readonly FilePreview[];
  /** Told when no format reads such files at all. */
  readonly fallback: FilePreview;
}

function unknownFormat(
  file: string,
  candidates: readonly MatchedFormat[],
  formats: readonly FileFormat[],
  fallback: FilePreview,
): Error {
  const found = describeFound(candidates, fallback);
  return errorAt(
    'UNKNOWN_FORMAT',
    { file },
    `${found}; known formats: ${formats.map(describeFormat).join('; ')}; other columns may be left out`,
  );
}

const widest = (previews: readonly FilePreview[]): FilePreview | undefined =>
  previews.reduce<FilePreview | undefined>(
    (best, next) => (best === undefined || next.width > best.width ? next : best),
    undefined,
  );

/** A table whose format has a key that the file lacks: its rows are named by their number. */
const withRowNumbers = (candidate: MatchedFormat): MatchedFormat => {
  const { format, preview, columns } = candidate;
  if (preview.columns === null || format.requiresAllColumns === true) return candidate;
  return { ...candidate, columns: withNumberedKey(columns, format.schema.key, preview.columns) };
};

/** The column names under which a format knows what was found. */
const canonicalNames = ({ format, preview, columns }: MatchedFormat): readonly string[] | null => {
  if (preview.columns === null) return null;
  const present = new Set(columns.filter(({ source }) => source.kind !== 'absent').map(({ spec }) => spec.name));
  const names = fileColumns(format).filter(({ spec }) => present.has(spec.name));
  return [...preview.columns, ...names.map(({ nameInFile }) => nameInFile)];
};

/**
 * The first format whose columns the file has by their own names, else by other names, else all but the key, else the
 * likeliest one.
 * @throws PipelineError `MISSING_COLUMN` when the chosen format's columns are incomplete, `UNKNOWN_FORMAT` when no
 *   format comes near or the file is out of the model's scope, `INVALID_INPUT` for a column of `--columns` that no format has.
 */
export function chooseFormat(
  file: string,
  formats: readonly FileFormat[],
  previews: Previews,
  options: ReadingOptions,
): MatchedFormat {
  requireKnownNames(file, formats, options.columns ?? {});
  const candidates = formats.flatMap((format) =>
    previews.of(format).map((preview) => sourced(format, preview, options)),
  );
  const fits = (columns: readonly string[] | null, { format, preview }: MatchedFormat): boolean =>
    format.matches({ fileName: file, columns, width: preview.width });
  const numbered = candidates.map(withRowNumbers);
  const chosen =
    candidates.find((candidate) => fits(candidate.preview.columns, candidate)) ??
    candidates.find((candidate) => fits(canonicalNames(candidate), candidate)) ??
    numbered.find((candidate) => fits(canonicalNames(candidate), candidate) && missingIn(candidate).length === 0) ??
    likeliest(candidates);
  const missing = chosen === undefined ? [] : missingIn(chosen);
  if (chosen !== undefined && missing.length === 0) return chosen;
  expectInScope(file, candidates);
  if (chosen === undefined) throw unknownFormat(file, candidates, formats, previews.fallback);
  throw missingColumns(file, missing, chosen);
}

/** @throws PipelineError `UNKNOWN_FORMAT` with the reason of the first format that refuses the file's columns. */
function expectInScope(file: string, candidates: readonly MatchedFormat[]): void {
  for (const { format, preview } of candidates) {
    const reason = preview.columns === null ? null : format.outOfScope?.(preview.columns);
    if (reason) throw errorAt('UNKNOWN_FORMAT', { file }, reason);
  }
}
