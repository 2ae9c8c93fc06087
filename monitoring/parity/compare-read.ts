import type { FeatureField, FeatureView } from '../../contracts/feature-view.js';

/** Relative difference of two numbers that counts as rounding, where values are not compared bit for bit. */
const TOLERANCE = 1e-12;

/** Units whose values are whole by their meaning: computed alike, they are the same bits. */
const EXACT: ReadonlySet<FeatureField['unit']> = new Set(['count', 'flag', 'code']);

/** One field of a read that is not what it should be. */
export interface FieldDifference {
  /** Position in the view. */
  readonly field: number;
  readonly found: number;
  readonly expected: number;
}

/** |found − expected| / |expected|; NaN where one side is unknown, Infinity beside an expected zero. */
export const relativeDifference = ({ found, expected }: Pick<FieldDifference, 'found' | 'expected'>): number =>
  Math.abs(found - expected) / Math.abs(expected);

function isSame(unit: FeatureField['unit'], found: number, expected: number): boolean {
  if (Object.is(found, expected)) return true;
  return !EXACT.has(unit) && relativeDifference({ found, expected }) <= TOLERANCE;
}

/**
 * Fields in which a read differs: bit for bit for counts, flags and codes, else by more than 1e-12 relative.
 * @param found - (fields,) as the store gave them.  @param expected - (fields,); NaN = unknown.
 */
export function differencesOf(
  { fields }: Pick<FeatureView, 'fields'>,
  found: Float64Array,
  expected: Float64Array,
): readonly FieldDifference[] {
  return fields.flatMap(({ unit }, field) =>
    isSame(unit, found[field]!, expected[field]!) ? [] : [{ field, found: found[field]!, expected: expected[field]! }],
  );
}
