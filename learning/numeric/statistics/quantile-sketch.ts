/*
 * DDSketch (Masson, Rim, Lee: DDSketch, a fast and fully-mergeable quantile sketch with relative-error guarantees,
 * VLDB 2019) with unbounded logarithmic buckets: bucket i holds magnitudes in (γ^(i−1), γ^i]. A quantile is wrong by at
 * most the relative accuracy; merging adds counts, so merged parts equal the whole.
 */

/** A quantile of the sketch differs from the exact one by at most this share of its magnitude. */
export const SKETCH_ACCURACY = 0.01;

const GAMMA = (1 + SKETCH_ACCURACY) / (1 - SKETCH_ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** Smaller magnitudes count as zero. */
const SMALLEST = 1e-9;

/** Number of values by bucket, buckets ascending. */
export type BucketCounts = readonly (readonly [bucket: number, count: number])[];

/** Counts of finite values by logarithmic bucket; plain data. */
export interface QuantileSketch {
  readonly count: number;
  /** Null without a value. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly zeros: number;
  /** Of magnitudes of negative values. */
  readonly negative: BucketCounts;
  readonly positive: BucketCounts;
}

const bucketOf = (magnitude: number): number => Math.ceil(Math.log(magnitude) / LOG_GAMMA);

/** The value of a bucket that is at most `SKETCH_ACCURACY` from all of its values. */
const valueOf = (bucket: number): number => (2 * GAMMA ** bucket) / (GAMMA + 1);

const sorted = (counts: ReadonlyMap<number, number>): BucketCounts => [...counts].sort(([a], [b]) => a - b);

const add = (counts: Map<number, number>, bucket: number, count: number): void =>
  void counts.set(bucket, (counts.get(bucket) ?? 0) + count);

/** Sketch of the finite values. @param values - (n,); NaN and infinite ones are left out. O(n) time. */
export function sketchOf(values: Float64Array): QuantileSketch {
  const [negative, positive] = [new Map<number, number>(), new Map<number, number>()];
  let [count, zeros, minimum, maximum] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count += 1;
    if (value < minimum) minimum = value + 0; // no negative zero, which JSON has not
    if (value > maximum) maximum = value + 0;
    const magnitude = Math.abs(value);
    if (magnitude < SMALLEST) zeros += 1;
    else add(value < 0 ? negative : positive, bucketOf(magnitude), 1);
  }
  const range = count === 0 ? { minimum: null, maximum: null } : { minimum, maximum };
  return { count, ...range, zeros, negative: sorted(negative), positive: sorted(positive) };
}

function mergeCounts(a: BucketCounts, b: BucketCounts): BucketCounts {
  const counts = new Map(a);
  for (const [bucket, count] of b) add(counts, bucket, count);
  return sorted(counts);
}

const bound = (pick: (...values: number[]) => number, ...values: (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : pick(...known);
};

/** The sketch of the values of both. */
export const mergeSketches = (a: QuantileSketch, b: QuantileSketch): QuantileSketch => ({
  count: a.count + b.count,
  minimum: bound(Math.min, a.minimum, b.minimum),
  maximum: bound(Math.max, a.maximum, b.maximum),
  zeros: a.zeros + b.zeros,
  negative: mergeCounts(a.negative, b.negative),
  positive: mergeCounts(a.positive, b.positive),
});

/**
 * The value at rank ⌊share · (count − 1)⌋ within `SKETCH_ACCURACY` of its magnitude; exact at both ends.
 * @param share - 0 to 1.  @returns NaN without a value.
 */
export function quantileOf(sketch: QuantileSketch, share: number): number {
  const { count, minimum, maximum, zeros, negative, positive } = sketch;
  if (minimum === null || maximum === null) return Number.NaN;
  const rank = Math.floor(share * (count - 1));
  if (rank <= 0) return minimum;
  if (rank >= count - 1) return maximum;
  const ascending: [value: number, count: number][] = [
    ...negative.map(([bucket, n]): [number, number] => [-valueOf(bucket), n]).reverse(),
    [0, zeros],
    ...positive.map(([bucket, n]): [number, number] => [valueOf(bucket), n]),
  ];
  let below = 0;
  for (const [value, n] of ascending) {
    below += n;
    if (rank < below) return Math.min(maximum, Math.max(minimum, value));
  }
  return maximum;
}
