import type { z } from 'zod';
import { type DataPlace, errorAt, type ErrorDetails, PipelineError } from '../contracts/errors.js';

/** `SHAPE_MISMATCH` of a thing that must have as many rows, values or columns as another. */
export const countMismatch = (
  name: string,
  found: number,
  wanted: number,
  { unit = 'rows', details }: { readonly unit?: string; readonly details?: ErrorDetails } = {},
): PipelineError => new PipelineError('SHAPE_MISMATCH', `${name} has ${found} ${unit}, wanted ${wanted}`, details);

/** @throws PipelineError `SHAPE_MISMATCH` when `found` is not `wanted`. */
export function requireLength(name: string, found: number, wanted: number, unit = 'rows'): void {
  if (found !== wanted) throw countMismatch(name, found, wanted, { unit });
}

/** `MISSING_COLUMN` with the names of the columns that are present. */
export const missingColumn = (name: string, present: readonly string[], details?: ErrorDetails): PipelineError => {
  const message = `wanted column "${name}"; found ${present.join(', ') || 'no columns'}`;
  return new PipelineError('MISSING_COLUMN', message, { column: name, ...details });
};

/** `SHAPE_MISMATCH` of a row index. @param holder - `matrix` or `table`. */
export const rowOutside = (row: number, holder: string, rows: number): PipelineError =>
  new PipelineError('SHAPE_MISMATCH', `row ${row} was asked of a ${holder} with ${rows} rows`);

/** @throws PipelineError `SHAPE_MISMATCH` when two sets of scores are not of the same rows. */
export function requireSameRows(same: boolean): void {
  if (!same) throw new PipelineError('SHAPE_MISMATCH', 'a paired comparison needs the same rows in the same order');
}

/** @param what - plural with its purpose, `rows to learn from`. @throws PipelineError `TOO_FEW_ROWS`. */
export function requireAtLeast(what: string, found: number, wanted: number, details?: ErrorDetails): void {
  if (found >= wanted) return;
  throw new PipelineError('TOO_FEW_ROWS', `${found} ${what}, wanted at least ${wanted}`, details);
}

/** `NOT_FINITE` at a place such as `x[3, 1]`. */
export const notFinite = (place: string, value: number, details: ErrorDetails): PipelineError =>
  new PipelineError('NOT_FINITE', `${place} is ${value}, wanted a finite number`, details);

/** @throws PipelineError `NOT_FINITE` naming the first offending position. */
export function requireFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw notFinite(`${name}[${i}]`, values[i]!, { row: i });
}

/** @throws PipelineError `INVALID_INPUT` when the number is no integer from `least` to `most`. */
export function requireInteger(name: string, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const wanted = `wanted an integer from ${least} ${most === Infinity ? 'on' : `to ${most}`}`;
  throw new PipelineError('INVALID_INPUT', `${name} is ${value}, ${wanted}`);
}

/** `INVALID_VALUE` of a label that is neither 0 nor 1; the value itself is not told. */
export const notBinary = (place: string, details: ErrorDetails): PipelineError =>
  new PipelineError('INVALID_VALUE', `${place}: the label is neither 0 nor 1`, details);

/** `SINGLE_CLASS`. @param what - plural, `outcomes`. */
export const singleClass = (what: string, details?: ErrorDetails): PipelineError =>
  new PipelineError('SINGLE_CLASS', `all ${what} are the same, so there is nothing to learn`, details);

/**
 * The parameters with every default filled in.
 * @throws PipelineError `INVALID_HYPERPARAMETERS` naming each parameter that does not fit.
 */
export function parseParameters<Params>(
  { name, params }: { readonly name: string; readonly params: z.ZodType<Params> },
  given: unknown,
  details: ErrorDetails = {},
): Params {
  const parsed = params.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'parameters'}: ${message}`);
  throw new PipelineError('INVALID_HYPERPARAMETERS', `${name}: ${faults.join('; ')}`, { ...details, faults });
}

/** Of the rows that need a label, at most this share may have none. */
const LARGEST_UNLABELLED_SHARE = 0.2;

/**
 * What is said of rows that are left out because they have no label; [] when there are none.
 * @throws PipelineError `INVALID_VALUE` when they are more than a fifth of the rows.
 */
export function unlabelledRemarks(
  unlabelled: number,
  rows: number,
  place: DataPlace & { readonly column: string },
): string[] {
  if (unlabelled === 0) return [];
  const finding = `${unlabelled} of ${rows} rows have no ${place.column} (the label)`;
  if (unlabelled <= LARGEST_UNLABELLED_SHARE * rows) return [`${finding} and are left out`];
  throw errorAt('INVALID_VALUE', place, `${finding}, wanted at most ${100 * LARGEST_UNLABELLED_SHARE} %`);
}
