import { errorAt } from '../../../contracts/errors.js';
import type { FileFormat } from '../../../contracts/dataset.js';
import { fileColumns } from './row-sink.js';

/** What a file shows of itself when its first record is read the way a format would read it. */
export interface FirstSight {
  readonly columns: readonly string[] | null;
  readonly width: number;
  /** True when later records may have more columns: JSON leaves out what is missing. */
  readonly open?: boolean;
}

export interface Sighted {
  readonly format: FileFormat;
  readonly sight: FirstSight;
}

const listed = (names: readonly string[]): string =>
  names.length <= 30 ? names.join(', ') : `${names.slice(0, 30).join(', ')} and ${names.length - 30} more`;

/** What a file must have to be of a format. */
const wantedColumns = (format: FileFormat) => fileColumns(format).filter(({ spec }) => spec.optional !== true);

const missingIn = ({ format, sight }: Sighted): readonly string[] =>
  wantedColumns(format)
    .filter(({ spec }) => sight.open !== true || spec.nullable !== true)
    .map(({ nameInFile }) => nameInFile)
    .filter((name) => sight.columns !== null && !sight.columns.includes(name));

/** @throws PipelineError `MISSING_COLUMN` naming every column that the format needs and the file lacks. */
function requireColumns(file: string, sighted: Sighted): void {
  const missing = missingIn(sighted);
  if (missing.length > 0) throw missingColumns(file, missing, sighted);
}

/** Names every absent column, the format that needs it and what was found instead. */
export function missingColumns(file: string, missing: readonly string[], { format, sight }: Sighted): Error {
  return errorAt(
    'MISSING_COLUMN',
    { file, column: missing[0] },
    `format ${format.name} needs ${listed(missing)}; found ${listed(sight.columns ?? [])}`,
  );
}

/** A format most of whose columns are there: the file is meant to be of it. */
function nearest(sighted: readonly Sighted[]): Sighted | undefined {
  const share = (one: Sighted): number => {
    const wanted = wantedColumns(one.format).length;
    return one.sight.columns === null ? 0 : (wanted - missingIn(one).length) / wanted;
  };
  return sighted.filter((one) => share(one) >= 0.5).sort((a, b) => share(b) - share(a))[0];
}

function unknownFormat(file: string, sighted: readonly Sighted[], formats: readonly FileFormat[]): Error {
  const found = sighted.map(({ sight: { columns, width } }) =>
    columns === null ? `${width} unnamed columns` : `columns ${listed(columns)}`,
  );
  const known = formats.map(({ name, encodings, description }) => `${name} (${encodings.join(', ')}: ${description})`);
  const finding = `found ${found.length === 0 ? 'an encoding that no format reads' : [...new Set(found)].join('; or ')}; `;
  return errorAt('UNKNOWN_FORMAT', { file }, `${finding}known formats: ${known.join('; ')}`);
}

/**
 * The first format that recognises the file.
 * @param sightOf - the file's first record as this format would read it; null when it cannot be read so.
 * @throws PipelineError `MISSING_COLUMN` when a format fits but for some columns, `UNKNOWN_FORMAT` when none does.
 */
export function chooseFormat(
  fileName: string,
  formats: readonly FileFormat[],
  sightOf: (format: FileFormat) => FirstSight | null,
): Sighted {
  const sighted = formats.flatMap((format): Sighted[] => {
    const sight = sightOf(format);
    return sight === null ? [] : [{ format, sight }];
  });
  const fitting = sighted.find(({ format, sight }) => format.matches({ fileName, ...sight }));
  const chosen = fitting ?? nearest(sighted);
  if (chosen === undefined) throw unknownFormat(fileName, sighted, formats);
  requireColumns(fileName, chosen);
  return chosen;
}
