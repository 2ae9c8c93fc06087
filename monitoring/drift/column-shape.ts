import type { ColumnShape } from '../../contracts/drift.js';
import type { ColumnValues } from './column-values.js';

/** Quantiles of a shape: every 5 %. */
export const QUANTILES = 20;
const MOST_CATEGORIES = 20;
/** A category of fewer rows is not named: clients send any text as one, and the log that holds it is encrypted. */
const FEWEST_ROWS = 5;
/** Digits of a stored quantile: enough for a drawing and a ratio, and none that would name a row. */
const DIGITS = 6;

function numberShape(values: Float64Array): ColumnShape {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => Number(known[Math.round(share * (known.length - 1))]!.toPrecision(DIGITS));
  return {
    count: values.length,
    missing: values.length - known.length,
    quantiles: known.length === 0 ? null : Array.from({ length: QUANTILES + 1 }, (_, i) => at(i / QUANTILES)),
    categories: null,
  };
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair in JSON. */
const storable = (name: string): string => name.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd');

function categoryShape(values: readonly (string | null)[]): ColumnShape {
  const counts = new Map<string, number>();
  let known = 0;
  for (const value of values)
    if (value !== null) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      known += 1;
    }
  const named = [...counts].filter(([, count]) => count >= FEWEST_ROWS);
  const shares = named.map(([name, count]): [string, number] => [storable(name), count / known]);
  const frequent = shares.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_CATEGORIES);
  return { count: values.length, missing: values.length - known, quantiles: null, categories: frequent };
}

/** Of texts the number of characters: no text is kept. */
const lengthsOf = (texts: readonly (string | null)[]): Float64Array =>
  Float64Array.from(texts, (text) => (text === null ? Number.NaN : text.length));

/** The distribution of a column's values. */
export function shapeOf({ column, numbers, texts }: ColumnValues): ColumnShape {
  const found = numbers();
  if (found !== null) return numberShape(found);
  return column.kind === 'text' ? numberShape(lengthsOf(texts()!)) : categoryShape(texts()!);
}
