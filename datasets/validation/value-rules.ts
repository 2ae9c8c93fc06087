import type { ColumnSpec } from '../../contracts/dataset.js';

/** What a rule asks of one value. Missing values pass every rule but `not-null`. */
export type ValueTest =
  | { readonly kind: 'not-null' | 'finite' | 'integer' | 'flag' }
  | { readonly kind: 'minimum' | 'maximum'; readonly bound: number }
  | { readonly kind: 'categories'; readonly values: readonly string[] };

/**
 * A rule for each value of one column, stated once: `row-predicates.ts` applies it to rows in memory, `row-sql.ts` to
 * Parquet files.
 */
export interface ValueRule {
  /** Name of the check in reports. */
  readonly check: string;
  /** What was found and wanted, without the value, which may be personal. */
  readonly finding: string;
  readonly test: ValueTest;
}

const NOT_NULL: ValueRule = { check: 'not-null', finding: 'missing, wanted a value', test: { kind: 'not-null' } };
const FINITE: ValueRule = { check: 'finite', finding: 'infinite, wanted a finite number', test: { kind: 'finite' } };
const WHOLE: ValueRule = {
  check: 'type',
  finding: 'has a fraction, wanted an integer',
  test: { kind: 'integer' },
};
const FLAG: ValueRule = { check: 'type', finding: 'neither 0 nor 1', test: { kind: 'flag' } };

function rangeRules({ minimum, maximum }: ColumnSpec): ValueRule[] {
  const rules: ValueRule[] = [];
  if (minimum !== undefined)
    rules.push({
      check: 'range',
      finding: `below the minimum ${minimum}`,
      test: { kind: 'minimum', bound: minimum },
    });
  if (maximum !== undefined)
    rules.push({
      check: 'range',
      finding: `above the maximum ${maximum}`,
      test: { kind: 'maximum', bound: maximum },
    });
  return rules;
}

function numberRules(spec: ColumnSpec): ValueRule[] {
  const ofType = spec.type === 'integer' ? [WHOLE] : spec.type === 'flag' ? [FLAG] : [];
  return [FINITE, ...ofType, ...rangeRules(spec)];
}

function categoryRule({ categories = [] }: ColumnSpec): ValueRule {
  const values = [...new Set(categories)];
  const finding = `not among the ${values.length} known categories`;
  return { check: 'category', finding, test: { kind: 'categories', values } };
}

/** The rules that a column's spec states, in the order in which faults of one row are reported. */
export function valueRules(spec: ColumnSpec): readonly ValueRule[] {
  const required = spec.nullable === true ? [] : [NOT_NULL];
  if (spec.type === 'category') return [...required, categoryRule(spec)];
  return spec.type === 'text' ? required : [...required, ...numberRules(spec)];
}
