import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { nearestName } from '../../../contracts/nearest-name.js';
import type { Cell, Scalar } from './cells.js';
import { namedWithNearest, NEAR } from './near-names.js';
import type { FileColumn } from './row-sink.js';

/** Where a column's cells stand in a file. */
export type ColumnSource =
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'pair'; readonly debit: string; readonly credit: string }
  | { readonly kind: 'signed'; readonly amount: string; readonly direction: string }
  /** The key of a file without one. */
  | { readonly kind: 'row number' }
  | { readonly kind: 'absent' };

/** A column of a format with its place in a file. */
export interface SourcedColumn extends FileColumn {
  readonly source: ColumnSource;
  /** The column's own name in files of the format. */
  readonly ownName: string;
}

/** Names of the columns that a pair of amounts, or a direction beside an amount, may have. */
const DEBIT = [
  'debit',
  'debits',
  'debitAmount',
  'debitAmt',
  'withdrawal',
  'withdrawals',
  'withdrawalAmount',
  'withdrawalAmt',
  'moneyOut',
  'paidOut',
  'amountOut',
  'dr',
];
const CREDIT = [
  'credit',
  'credits',
  'creditAmount',
  'creditAmt',
  'deposit',
  'deposits',
  'depositAmount',
  'depositAmt',
  'moneyIn',
  'paidIn',
  'amountIn',
  'cr',
];
const DIRECTION = [
  'drCr',
  'crDr',
  'debitCredit',
  'creditDebit',
  'direction',
  'sign',
  'type',
  'transactionType',
  'txnType',
  'indicator',
];

/** A name without letter case, blanks and signs: `Applicant ID` and `applicant_id` are `applicantId`. */
const plainName = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** What a bank's header says of a column of amounts after its name: `Withdrawal (Dr)`, `Amount (INR)`, `Debit (in Rs.)`. */
const UNIT = /\s*[([]\s*(?:in\s+)?(?:₹|rs\.?|inr|rupees|dr\.?|cr\.?)\s*[)\]]\s*$/i;

/** The columns that are read from a file: the schema's without those that the format derives, and its extra ones. */
export function fileColumns({
  schema,
  renames = {},
  derivedColumns = [],
  extraColumns = [],
}: FileFormat): readonly FileColumn[] {
  const read = schema.columns.filter(({ name }) => !derivedColumns.includes(name));
  return [...read, ...extraColumns].map((spec) => {
    const name = spec.clockOf ?? spec.name;
    return { spec, nameInFile: renames[name] ?? name };
  });
}

/** False for the clock of a moment, which is read from the moment's own cell. */
export const isInFile = ({ spec }: FileColumn): boolean => spec.clockOf === undefined;

/** Whether a file must have the column. */
export const isRequired = ({ schema, requiresAllColumns = false }: FileFormat, { spec }: FileColumn): boolean =>
  spec.clockOf === undefined &&
  ((requiresAllColumns && spec.optional !== true) ||
    spec.nullable !== true ||
    (spec.name === schema.label && spec.optional !== true));

/** What a file has, as far as finding the columns needs it. */
export interface FoundColumns {
  readonly names: readonly string[];
  /** Whether all values of a column that were seen are words such as debit and credit. */
  readonly holdsDirections: (name: string) => boolean;
}

/** The one of `names` that is among the wanted ones, in their order; null when none or more than one is. */
function findPlain(names: readonly string[], wanted: readonly string[]): string | null {
  for (const written of [(name: string) => name, (name: string) => name.replace(UNIT, '')])
    for (const one of wanted) {
      const same = names.filter((name) => plainName(written(name)) === plainName(one));
      if (same.length === 1) return same[0]!;
    }
  return null;
}

function signedSource(
  names: readonly string[],
  amount: string | null,
  { holdsDirections }: FoundColumns,
): ColumnSource | null {
  if (amount === null) {
    const [debit, credit] = [findPlain(names, DEBIT), findPlain(names, CREDIT)];
    return debit !== null && credit !== null ? { kind: 'pair', debit, credit } : null;
  }
  const directions = DIRECTION.filter((one) => holdsDirections(findPlain(names, [one]) ?? ''));
  const direction = findPlain(names, directions);
  return direction === null ? null : { kind: 'signed', amount, direction };
}

const nameOf = (column: FileColumn, source: ColumnSource): string => {
  if (source.kind === 'one') return source.name;
  if (source.kind === 'pair') return `${source.debit}, ${source.credit}`;
  return source.kind === 'signed' ? source.amount : column.nameInFile;
};

/**
 * Finds each column of a format in a file: by the names that the user gives, then by its own name, then by names that
 * differ in letter case, blanks and signs, then by the format's aliases.
 */
export function sourceColumns(
  format: FileFormat,
  found: FoundColumns,
  named: Readonly<Record<string, string>> = {},
): readonly SourcedColumn[] {
  const columns = fileColumns(format);
  const given = ({ spec, nameInFile }: FileColumn): string | undefined =>
    named[spec.clockOf ?? spec.name] ?? named[nameInFile];
  const exact = (column: FileColumn): string => given(column) ?? column.nameInFile;
  const claimed = new Set(columns.map(exact).filter((name) => found.names.includes(name)));
  const free = found.names.filter((name) => !claimed.has(name));
  const nameFor = (column: FileColumn): string | null => {
    if (claimed.has(exact(column))) return exact(column);
    if (given(column) !== undefined) return findPlain(free, [given(column)!]);
    return findPlain(free, [column.nameInFile, ...(format.aliases?.[column.spec.clockOf ?? column.spec.name] ?? [])]);
  };
  return columns.map((column) => {
    const name = nameFor(column);
    const split = column.spec.name === format.signedColumn ? signedSource(free, name, found) : null;
    const source: ColumnSource = split ?? (name === null ? { kind: 'absent' } : { kind: 'one', name });
    return { ...column, ownName: column.nameInFile, nameInFile: nameOf(column, source), source };
  });
}

/**
 * The columns with the row's number in the place of a key that the file has not. A name that comes near is rather a
 * misspelt key, and is left to the caller.
 */
export function withNumberedKey(
  columns: readonly SourcedColumn[],
  key: string,
  names: readonly string[],
): readonly SourcedColumn[] {
  const used = new Set(columns.flatMap(({ source }) => namesIn(source)));
  if (used.size === 0) return columns;
  const free = names.filter((name) => !used.has(name));
  return columns.map((column) => {
    const isAbsentKey = column.spec.name === key && column.source.kind === 'absent';
    if (!isAbsentKey || nearestName(column.nameInFile, free, NEAR) !== null) return column;
    return { ...column, source: { kind: 'row number' } };
  });
}

/** Names in the file that a column is read from. */
export function namesIn(source: ColumnSource): readonly string[] {
  if (source.kind === 'one') return [source.name];
  if (source.kind === 'pair') return [source.debit, source.credit];
  return source.kind === 'signed' ? [source.amount, source.direction] : [];
}

/** The cell of a record. @param field - a field of the record by its name. */
export function cellOf(source: ColumnSource, field: (name: string) => Scalar): Cell {
  if (source.kind === 'one') return field(source.name);
  if (source.kind === 'pair') return { kind: 'pair', debit: field(source.debit), credit: field(source.credit) };
  if (source.kind === 'absent' || source.kind === 'row number') return undefined;
  return { kind: 'signed', amount: field(source.amount), direction: field(source.direction) };
}

/** @throws PipelineError `INVALID_INPUT` when `--columns` names a column that no format has. */
export function requireKnownNames(
  file: string,
  formats: readonly FileFormat[],
  named: Readonly<Record<string, string>>,
): void {
  const known = formats.flatMap((format) =>
    fileColumns(format).flatMap(({ spec, nameInFile }) => [spec.name, nameInFile]),
  );
  const unknown = Object.keys(named).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw errorAt(
    'INVALID_INPUT',
    { file },
    `--columns: no format has a column ${namedWithNearest([unknown], known).join()}`,
  );
}

/** Names in a message. @param most - names that are told. @default 30 */
export const listed = (names: readonly string[], most = 30): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

/** Remarks on columns that the format does not know, and on those that it could read and the file has not. */
export function columnRemarks(all: readonly SourcedColumn[], names: readonly string[]): string[] {
  const columns = all.filter(isInFile);
  // A column that the first records of a JSON file lack may come later under its own name.
  const present = columns.filter(({ source, nameInFile }) => source.kind !== 'absent' || names.includes(nameInFile));
  const used = new Set(present.flatMap(({ source, nameInFile }) => [...namesIn(source), nameInFile]));
  const ignored = names.filter((name) => name !== '' && !used.has(name));
  const absent = columns
    .filter((column) => column.spec.optional !== true && !present.includes(column))
    .map(({ spec }) => spec.name);
  const renamed = present.flatMap(({ source, spec, nameInFile, ownName }) =>
    namesIn(source).length === 0 || plainName(nameInFile) === plainName(ownName)
      ? []
      : [`${spec.name} from ${namesIn(source).join(' and ')}`],
  );
  const remark = (title: string, list: readonly string[]): string[] =>
    list.length === 0 ? [] : [`${title}: ${listed(list)}`];
  const numbered = columns.filter(({ source }) => source.kind === 'row number').map(({ spec }) => spec.name);
  return [
    ...remark('rows are named by their number, since the file has no key', numbered),
    ...remark('columns by another name', renamed),
    ...remark('columns that are not used', ignored),
    ...remark('columns that the file does not have, read as empty', absent),
  ];
}
