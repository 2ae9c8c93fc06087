import { z } from 'zod';
import { backendTables } from './backend.js';

/** `fail`: a row that breaks it is bad, and data that break it as a whole are refused. `warn`: it is only reported. */
const severity = z.enum(['warn', 'fail']).default('fail');
const column = z.string().min(1);
/** Shown in reports in the place of the rule's kind. */
const name = z.string().min(1).max(60).optional();
const common = { name, severity };

/** A constant that cells are compared with; a moment is ISO 8601, such as `2026-01-31`. */
const constant = z.union([z.number(), z.string()]);
/** How two values are compared; a missing one passes. */
const operator = z.enum(['=', '<>', '<', '<=', '>', '>=']);

/** A rule on the single rows of a table. */
export const rowRule = z.discriminatedUnion('rule', [
  z.strictObject({ ...common, rule: z.literal('not-null'), column }),
  /** What every text reads as, or what every number is. */
  z.strictObject({
    ...{ ...common, rule: z.literal('type'), column },
    type: z.enum(['number', 'integer', 'flag', 'timestamp']),
  }),
  z.strictObject({
    ...{ ...common, rule: z.literal('range'), column },
    minimum: constant.optional(),
    maximum: constant.optional(),
  }),
  z.strictObject({ ...common, rule: z.literal('set'), column, values: z.array(constant).min(1).max(10_000) }),
  /** The whole text matches a pattern of RE2 (no look-around, no back-references). */
  z.strictObject({ ...common, rule: z.literal('regex'), column, pattern: z.string().min(1).max(1000) }),
  /** No two rows have the same values in all these columns. */
  z.strictObject({ ...common, rule: z.literal('unique'), columns: z.array(column).min(1).max(16) }),
  /** The value is the `id` of a row of another table. */
  z.strictObject({ ...common, rule: z.literal('foreign-key'), column, table: z.enum(backendTables) }),
  /** A moment or number that never falls from one row to the next, in the order of `by`, among rows equal in `within`. */
  z.strictObject({
    ...{ ...common, rule: z.literal('monotone'), column },
    by: column,
    within: column.optional(),
  }),
  /** Two columns of a row, or one and a constant; only where `when` holds. */
  z.strictObject({
    ...{ ...common, rule: z.literal('compare'), column, operator },
    to: z.union([z.strictObject({ column }), z.strictObject({ value: constant })]),
    when: z.strictObject({ column, operator, value: constant }).optional(),
  }),
]);
export type RowRule = z.infer<typeof rowRule>;

/** A rule on a table of a snapshot as a whole. */
export const tableRule = z.discriminatedUnion('rule', [
  /** The newest moment of a column lies at most so many days before the moment of the snapshot. */
  z.strictObject({ ...common, rule: z.literal('freshness'), column, maxAgeDays: z.number().positive() }),
  /**
   * Bounds of the number of rows, and a band around the median of the last runs of the source: ± `tolerance` as a share.
   * With fewer than three former runs there is no band.
   */
  z.strictObject({
    ...{ ...common, rule: z.literal('row-count') },
    minimum: z.int().nonnegative().optional(),
    maximum: z.int().nonnegative().optional(),
    tolerance: z.number().positive().optional(),
    runs: z.int().min(3).max(50).default(5),
  }),
]);
export type TableRule = z.infer<typeof tableRule>;

/** What is expected of a table's rows, or of the table as a whole. */
export const tableExpectation = z.discriminatedUnion('rule', [...rowRule.options, ...tableRule.options]);
export type TableExpectation = z.infer<typeof tableExpectation>;
/** As it is written, with defaults left out. */
export type WrittenExpectation = z.input<typeof tableExpectation>;

/** Rules a table may have at most: each is read in every row. */
const MOST_RULES = 500;

/** Expectations as a user writes them in a JSON file: by table of the source. */
export const expectationFile = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  tables: z.partialRecord(z.enum(backendTables), z.array(tableExpectation).max(MOST_RULES)),
});
export type ExpectationFile = z.infer<typeof expectationFile>;

const tableRules: readonly string[] = ['freshness', 'row-count'] satisfies TableRule['rule'][];

/** Whether a rule is on the table as a whole. */
export const isTableRule = (expectation: TableExpectation): expectation is TableRule =>
  tableRules.includes(expectation.rule);

/** Columns that a rule reads. */
export function columnsOfRule(expectation: TableExpectation): readonly string[] {
  if (expectation.rule === 'unique') return expectation.columns;
  if (expectation.rule === 'row-count') return [];
  if (expectation.rule === 'monotone') {
    const { column: own, by, within } = expectation;
    return [own, by, ...(within === undefined ? [] : [within])];
  }
  if (expectation.rule !== 'compare') return [expectation.column];
  const { column: left, to, when } = expectation;
  return [left, ...('column' in to ? [to.column] : []), ...(when === undefined ? [] : [when.column])];
}
