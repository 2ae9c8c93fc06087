import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { fileColumns } from './row-sink.js';

/** Columns of a file's first record, as read by one format. */
export interface FilePreview {
  /** Column names; null for a file without header. */
  readonly columns: readonly string[] | null;
  readonly width: number;
  /** True when later records may have further columns, since JSON records omit missing members. */
  readonly open?: boolean;
}

/** A format with the file's preview as read by it. */
export interface MatchedFormat {
  readonly format: FileFormat;
  readonly preview: FilePreview;
}

const listed = (names: readonly string[]): string =>
  names.length <= 30 ? names.join(', ') : `${names.slice(0, 30).join(', ')} and ${names.length - 30} more`;

/** Columns that a file must have for a format. */
const requiredColumns = (format: FileFormat) => fileColumns(format).filter(({ spec }) => spec.optional !== true);

const missingIn = ({ format, preview }: MatchedFormat): readonly string[] =>
  requiredColumns(format)
    .filter(({ spec }) => preview.open !== true || spec.nullable !== true)
    .map(({ nameInFile }) => nameInFile)
    .filter((name) => preview.columns !== null && !preview.columns.includes(name));

/** @throws PipelineError `MISSING_COLUMN` naming all columns that the format requires and the file lacks. */
function requireColumns(file: string, matched: MatchedFormat): void {
  const missing = missingIn(matched);
  if (missing.length > 0) throw missingColumns(file, missing, matched);
}

/** `MISSING_COLUMN` naming the absent columns, the format and the columns that were found. */
export function missingColumns(file: string, missing: readonly string[], { format, preview }: MatchedFormat): Error {
  return errorAt(
    'MISSING_COLUMN',
    { file, column: missing[0] },
    `format ${format.name} needs ${listed(missing)}; found ${listed(preview.columns ?? [])}`,
  );
}

/** The format with the largest share of its required columns present, if that is at least one half. */
function nearest(candidates: readonly MatchedFormat[]): MatchedFormat | undefined {
  const share = (candidate: MatchedFormat): number => {
    const required = requiredColumns(candidate.format).length;
    return candidate.preview.columns === null ? 0 : (required - missingIn(candidate).length) / required;
  };
  return candidates.filter((candidate) => share(candidate) >= 0.5).sort((a, b) => share(b) - share(a))[0];
}

function unknownFormat(file: string, candidates: readonly MatchedFormat[], formats: readonly FileFormat[]): Error {
  const found = candidates.map(({ preview: { columns, width } }) =>
    columns === null ? `${width} unnamed columns` : `columns ${listed(columns)}`,
  );
  const known = formats.map(({ name, encodings, description }) => `${name} (${encodings.join(', ')}: ${description})`);
  const finding = `found ${found.length === 0 ? 'an encoding that no format reads' : [...new Set(found)].join('; or ')}; `;
  return errorAt('UNKNOWN_FORMAT', { file }, `${finding}known formats: ${known.join('; ')}`);
}

/**
 * The first format that matches the file, else the nearest one.
 * @param previewOf - the file's preview as read by a format; null when the format cannot read it.
 * @throws PipelineError `MISSING_COLUMN` when the chosen format's columns are incomplete, `UNKNOWN_FORMAT` when no
 *   format comes near.
 */
export function chooseFormat(
  fileName: string,
  formats: readonly FileFormat[],
  previewOf: (format: FileFormat) => FilePreview | null,
): MatchedFormat {
  const candidates = formats.flatMap((format): MatchedFormat[] => {
    const preview = previewOf(format);
    return preview === null ? [] : [{ format, preview }];
  });
  const matching = candidates.find(({ format, preview }) => format.matches({ fileName, ...preview }));
  const chosen = matching ?? nearest(candidates);
  if (chosen === undefined) throw unknownFormat(fileName, candidates, formats);
  requireColumns(fileName, chosen);
  return chosen;
}
