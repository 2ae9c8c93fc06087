import { z } from 'zod';
import { PipelineError } from '../../../../contracts/errors.js';
import { decodeState, encodeState } from '../../../artefact/state-json.js';

const count = z.number().nonnegative();
const sums = { rows: z.int().nonnegative(), missing: z.int().nonnegative() };
const numbers = z.custom<Float64Array>((value) => value instanceof Float64Array, 'wanted a Float64Array');

const columnProfile = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string(),
    kind: z.literal('numeric'),
    ...sums,
    infinite: z.int().nonnegative(),
    mean: z.number(),
    deviation: count,
    values: numbers,
    weights: numbers,
    widths: numbers,
  }),
  z.strictObject({
    name: z.string(),
    kind: z.literal('categorical'),
    ...sums,
    /** The most frequent categories, by name; (k,) their rows. */
    words: z.array(z.string()).readonly(),
    counts: numbers,
    /** Rows of the categories that are not kept. */
    other: count,
  }),
  z.strictObject({ name: z.string(), kind: z.literal('text'), ...sums, presence: numbers }),
]);

/** The columns of a reference in constant memory; plain data with typed arrays. */
export const referenceProfile = z.strictObject({
  schemaVersion: z.literal(1),
  rows: z.int().nonnegative(),
  columns: z.array(columnProfile).readonly(),
});
export type ReferenceProfile = z.infer<typeof referenceProfile>;
export type ColumnProfile = z.infer<typeof columnProfile>;

/** A profile as text: canonical JSON, equal profiles have equal bytes. About 32 kB for a continuous column. */
export const encodeProfile = (profile: ReferenceProfile): string => encodeState(profile);

/** Reads what `encodeProfile` wrote. @throws PipelineError `ARTEFACT_INVALID`. */
export function decodeProfile(text: string): ReferenceProfile {
  const parsed = referenceProfile.safeParse(decodeState(text));
  if (parsed.success) return parsed.data;
  const fault = parsed.error.issues[0]!;
  throw new PipelineError('ARTEFACT_INVALID', `reference profile: ${fault.path.join('.')}: ${fault.message}`);
}
