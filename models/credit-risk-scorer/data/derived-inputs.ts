import type { Table } from '../../../contracts/table.js';
import type { RowInput } from '../../../learning/tabular/preprocessing/index.js';
import { numberColumn, withColumn } from '../../../learning/table.js';
import { indicativeInstalment } from './request-features.js';

/** A feature that follows from others. */
export interface Derivation {
  readonly feature: string;
  /** All of them are needed. */
  readonly from: readonly string[];
  /** @param parts - (from,) known numbers.  @returns NaN where the parts give no value. */
  readonly value: (parts: readonly number[]) => number;
}

const over = (numerator: number, denominator: number): number => (denominator > 0 ? numerator / denominator : NaN);

const derivations: readonly Derivation[] = [
  {
    feature: 'loanToValue',
    from: ['requestedAmount', 'collateralValue'],
    value: ([amount, collateral]) => over(amount!, collateral!),
  },
  {
    feature: 'emiToIncome',
    from: ['requestedAmount', 'termMonths', 'declaredMonthlyIncome'],
    value: ([amount, term, income]) => over(indicativeInstalment(amount!, term!), income!),
  },
  {
    feature: 'debtToIncome',
    from: ['monthlyDebtPayments', 'requestedAmount', 'termMonths', 'monthlyIncome'],
    value: ([debt, amount, term, income]) => over(debt! + indicativeInstalment(amount!, term!), income!),
  },
];

/** A ratio that was sent may differ by rounding: 2 % of it, or half a hundredth. */
const RELATIVE = 0.02;
const ABSOLUTE = 0.005;

const agrees = (sent: number, derived: number): boolean =>
  Math.abs(sent - derived) <= Math.max(ABSOLUTE, RELATIVE * Math.abs(derived));

/** @param cell - of a feature by name.  @returns NaN where a part is unknown. */
function derivedValue({ from, value }: Derivation, cell: (name: string) => unknown): number {
  const parts = from.map(cell).filter((part): part is number => typeof part === 'number' && !Number.isNaN(part));
  return parts.length === from.length ? value(parts) : NaN;
}

/** Share of the rows that have all parts in which the column must be what the parts give. */
const AGREEING = 0.99;

function holdsIn(table: Table, derivation: Derivation): boolean {
  const column = table.columns[derivation.feature];
  if (!column || derivation.from.some((name) => table.columns[name] === undefined)) return false;
  let [compared, agreed] = [0, 0];
  for (let row = 0; row < table.rowCount; row++) {
    const derived = derivedValue(derivation, (name) => table.columns[name]!.values[row]);
    const sent = column.values[row];
    if (Number.isNaN(derived) || typeof sent !== 'number' || Number.isNaN(sent)) continue;
    compared += 1;
    if (agrees(sent, derived)) agreed += 1;
  }
  return compared > 0 && agreed >= AGREEING * compared;
}

/**
 * Names of the ratios that the training rows compute as this module does. A file may define a column of the same name in
 * its own way, and is then left alone.
 */
export const derivedIn = (table: Table): string[] =>
  derivations.filter((derivation) => holdsIn(table, derivation)).map(({ feature }) => feature);

/** The derivations of these names. */
export const derivationsOf = (names: readonly string[]): Derivation[] =>
  derivations.filter(({ feature }) => names.includes(feature));

/** The input, or a copy with the ratios that it left out and whose parts it has. */
export function withDerived(input: RowInput, known: readonly Derivation[]): RowInput {
  let completed = input;
  for (const derivation of known) {
    if (typeof input[derivation.feature] === 'number') continue;
    const value = derivedValue(derivation, (name) => input[name]);
    if (!Number.isNaN(value)) completed = { ...completed, [derivation.feature]: value };
  }
  return completed;
}

function completeColumn(table: Table, derivation: Derivation): Table {
  const sent = numberColumn(table, derivation.feature);
  const values = sent.map((value, row) =>
    Number.isNaN(value) ? derivedValue(derivation, (name) => table.columns[name]!.values[row]) : value,
  );
  return withColumn(table, derivation.feature, { kind: 'number', values });
}

/** The training rows with the ratios that they left out, as requests get them. */
export const completeRows = (table: Table, known: readonly Derivation[]): Table => known.reduce(completeColumn, table);

/** Ratios in the input that its other fields contradict. */
export const contradictions = (input: RowInput, known: readonly Derivation[]): Derivation[] =>
  known.filter((derivation) => {
    const [sent, derived] = [input[derivation.feature], derivedValue(derivation, (name) => input[name])];
    return typeof sent === 'number' && !Number.isNaN(derived) && !agrees(sent, derived);
  });
