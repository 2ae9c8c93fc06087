import { errorAt } from '../../../contracts/errors.js';
import type { ReadColumn } from './column-readings.js';
import { readingTitle } from './column-readings.js';
import { CURRENCY_MARK, GROUPED_MARK, separatorMarks } from './number-readings.js';

/** A column of numbers or moments with what its cells may mean. */
export interface PendingColumn {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'flag' | 'timestamp';
  readonly read: ReadColumn;
}

/** A column with the one reading that holds. */
interface ResolvedColumn {
  readonly values: Float64Array;
  readonly remarks: readonly string[];
}

const onlyName = ({ fitting }: ReadColumn): string | null =>
  fitting.length === 1 && fitting[0]!.names.length === 1 ? fitting[0]!.names[0]! : null;

/** Readings that other columns of the type leave no doubt of; whole numbers prove nothing of the decimal sign. */
function evidenceOf(columns: readonly PendingColumn[], type: PendingColumn['type']): string | null {
  const names = new Set<string>();
  for (const column of columns) {
    const name = column.type === type ? onlyName(column.read) : null;
    if (name !== null) names.add(name);
  }
  return names.size === 1 ? [...names][0]! : null;
}

/**
 * The decimal sign of a column in which both would do, from its separators and the file's delimiter: a point alone is a
 * decimal point except between semicolons, which is how files with a decimal comma are written; a comma alone can only
 * stand between thousands in a file with commas between its fields.
 */
function usualDecimal({ marks }: ReadColumn, delimiter: string | null): string | null {
  if (delimiter === ',') return '.';
  return delimiter !== ';' && !marks.has(separatorMarks.comma) ? '.' : null;
}

const asOption = (name: string): string => (name.length === 1 ? name : name.replaceAll(' ', '-'));

function ambiguous(file: string, { name, type, read }: PendingColumn): Error {
  const names = read.fitting.map(({ names: [first = ''] }) => first);
  const option = type === 'timestamp' ? '--date-format' : '--decimal';
  const question = type === 'timestamp' ? names.join(' or ') : names.map(readingTitle).join(' or ');
  const settings = names.map((one) => `${option} ${asOption(one)}`).join(' or ');
  const finding = `${question}? From row ${read.differAt?.row ?? 1} on both fit every row and differ; say which: ${settings}`;
  return errorAt('INVALID_VALUE', { file, column: name }, finding);
}

/** Resolves the columns of one file. @param delimiter - of a CSV file. */
export function createResolver(file: string, columns: readonly PendingColumn[], delimiter: string | null) {
  const decimal = evidenceOf(columns, 'number');
  const order = evidenceOf(columns, 'timestamp');

  function choose(column: PendingColumn): Float64Array {
    const { fitting } = column.read;
    if (fitting.length === 1) return fitting[0]!.values;
    const usual = column.type === 'timestamp' ? order : (decimal ?? usualDecimal(column.read, delimiter));
    const chosen = fitting.find(({ names }) => usual !== null && names.includes(usual));
    if (chosen === undefined) throw ambiguous(file, column);
    return chosen.values;
  }

  /** 1.234 in a column of whole numbers is no thousand unless the file has decimal commas. */
  function requireWhole({ type, read }: PendingColumn): void {
    const fault = read.faults.get('.');
    if (type !== 'integer' || fault === undefined || onlyName(read) !== ',') return;
    const usual = decimal ?? usualDecimal(read, delimiter);
    if (usual === '.') throw errorAt('INVALID_VALUE', fault, 'found a number with a fraction, wanted an integer');
  }

  return (column: PendingColumn): ResolvedColumn => {
    requireOneCurrency(file, column);
    requireBothDirections(file, column);
    requireWhole(column);
    const values = choose(column);
    return { values, remarks: remarksOf(column, values) };
  };
}

function requireOneCurrency(file: string, { name, read }: PendingColumn): void {
  const currencies = [...read.marks].filter((mark) => mark.startsWith(CURRENCY_MARK));
  if (currencies.length < 2) return;
  const found = currencies.map((mark) => mark.slice(CURRENCY_MARK.length)).join(' and ');
  throw errorAt('INVALID_VALUE', { file, column: name }, `found amounts in ${found}, wanted one currency in a column`);
}

/** `Cr` alone may mean credit or crore. */
function requireBothDirections(file: string, { name, read: { marks } }: PendingColumn): void {
  if (!marks.has('Cr') || marks.has('Dr')) return;
  const finding = 'found Cr after amounts and never Dr: credit or crore? Write the sign, or the amount in full';
  throw errorAt('INVALID_VALUE', { file, column: name }, finding);
}

/** Ways of writing that need no remark of their own. */
const SILENT: readonly string[] = [separatorMarks.comma, separatorMarks.point, 'Cr'];
const TITLES: Readonly<Record<string, string>> = {
  Dr: 'Dr read as minus, Cr as plus',
  [GROUPED_MARK]: 'grouped digits',
};

function remarksOf({ type, read }: PendingColumn, values: Float64Array): string[] {
  const names = read.fitting.find((one) => one.values === values)?.names ?? [];
  const marks = [...read.marks].filter((mark) => !SILENT.includes(mark)).map((mark) => TITLES[mark] ?? mark);
  if (type === 'timestamp' && names.length < 3 && names[0] !== '') return [`dates with the ${names[0]!}`, ...marks];
  const comma = type !== 'flag' && !names.includes('.') && names.includes(',');
  return comma ? ['decimal comma', ...marks] : marks;
}
