import type { Interval } from '../../../contracts/evaluation.js';
import { PipelineError } from '../../../contracts/errors.js';
import { normalQuantile } from '../metrics/index.js';
import { fisherExact, holmAdjusted } from './fisher-exact.js';
import type { ProtectedGroups } from './protected-groups.js';

/** What happens to one group of a protected attribute when a share of all applications is approved. */
export interface GroupFairness {
  readonly attribute: string;
  readonly group: string;
  /** The group of the same attribute with the highest approval rate. */
  readonly reference: string;
  readonly n: number;
  /** Share of the group that is approved. */
  readonly approvalRate: number;
  /** Its approval rate over the reference's: the four-fifths rule wants 0.8. 1 for the reference itself; NaN when nobody is approved. */
  readonly ratio: number;
  /** 95 %, Katz' log method. */
  readonly ratioInterval: Interval;
  /** Fisher's exact test of equal approval rates, after Holm over all groups judged together. */
  readonly pValue: number;
  /** Share of its good loans that is approved, and how far that lies below the reference's. NaN without good loans. */
  readonly goodApproved: number;
  readonly goodApprovedGap: number;
  /** Share of its bad loans that is approved, and how far that lies below the reference's. NaN without bad loans. */
  readonly badApproved: number;
  readonly badApprovedGap: number;
}

/** Smaller groups are not evaluated: their rates are too noisy to test. */
export const SMALLEST_GROUP = 30;
/** The four-fifths rule of the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D). */
export const FOUR_FIFTHS = 0.8;
/** A ratio below four fifths counts when a difference this large is unlikelier than this by chance. */
export const SIGNIFICANCE = 0.05;

/**
 * Approves the rows with the lowest risk; among equals the earlier row.
 * @param risks - (n,).  @param share - of all rows, in (0, 1].  @returns (n,) 1 = approved.
 * @throws PipelineError `INVALID_INPUT`.
 */
export function approveSafest(risks: ArrayLike<number>, share: number): Uint8Array {
  if (!(share > 0 && share <= 1))
    throw new PipelineError('INVALID_INPUT', `approval rate is ${share}, wanted 0 < rate ≤ 1`);
  const order = Int32Array.from({ length: risks.length }, (_, i) => i).sort((a, b) => risks[a]! - risks[b]! || a - b);
  const approved = new Uint8Array(risks.length);
  for (const row of order.subarray(0, Math.round(share * risks.length))) approved[row] = 1;
  return approved;
}

interface Counts {
  readonly n: number;
  readonly approved: number;
  readonly good: number;
  readonly goodApproved: number;
}

function countGroup({ member }: ProtectedGroups, group: number, rows: Decisions): Counts {
  const counts = { n: 0, approved: 0, good: 0, goodApproved: 0 };
  for (let row = 0; row < member.length; row++) {
    if (member[row] !== group) continue;
    const [approved, good] = [rows.approved[row]!, rows.labels[row] === 0 ? 1 : 0];
    counts.n += 1;
    counts.approved += approved;
    counts.good += good;
    counts.goodApproved += good * approved;
  }
  return counts;
}

/** Decisions and what came of the loans; label 1 = bad. */
export interface Decisions {
  readonly approved: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

const rateOf = ({ approved, n }: Counts): number => approved / n;
const goodRate = ({ goodApproved, good }: Counts): number => (good > 0 ? goodApproved / good : NaN);
const badRate = ({ approved, goodApproved, n, good }: Counts): number =>
  n > good ? (approved - goodApproved) / (n - good) : NaN;

/** Katz, Baptista, Azen & Pike (1978); half a row is added to an empty cell so that the logarithm exists. */
function ratioInterval(group: Counts, reference: Counts): Interval {
  const share = ({ approved, n }: Counts): number => (approved === 0 ? 0.5 / n : approved / n);
  const variance = (counts: Counts): number => (1 - share(counts)) / (share(counts) * counts.n);
  const reach = normalQuantile(0.975) * Math.sqrt(variance(group) + variance(reference));
  const ratio = share(group) / share(reference);
  return { low: ratio * Math.exp(-reach), high: ratio * Math.exp(reach), level: 0.95, method: 'Katz' };
}

interface Judged {
  readonly groups: ProtectedGroups;
  readonly group: number;
  readonly counts: Counts;
  readonly reference: number;
  readonly referenceCounts: Counts;
}

function judgedGroups(groups: ProtectedGroups, rows: Decisions): Judged[] {
  const counted = groups.names.map((_, group) => ({ group, counts: countGroup(groups, group, rows) }));
  const large = counted.filter(({ counts }) => counts.n >= SMALLEST_GROUP);
  if (large.length < 2) return [];
  const best = large.reduce((a, b) => (rateOf(b.counts) > rateOf(a.counts) ? b : a));
  return large.map(({ group, counts }) => ({
    groups,
    group,
    counts,
    reference: best.group,
    referenceCounts: best.counts,
  }));
}

function describe({ groups, group, counts, reference, referenceCounts }: Judged, pValue: number): GroupFairness {
  return {
    attribute: groups.attribute,
    group: groups.names[group]!,
    reference: groups.names[reference]!,
    n: counts.n,
    approvalRate: rateOf(counts),
    ratio: referenceCounts.approved === 0 ? NaN : rateOf(counts) / rateOf(referenceCounts),
    ratioInterval: ratioInterval(counts, referenceCounts),
    pValue,
    goodApproved: goodRate(counts),
    goodApprovedGap: goodRate(referenceCounts) - goodRate(counts),
    badApproved: badRate(counts),
    badApprovedGap: badRate(referenceCounts) - badRate(counts),
  };
}

/**
 * Selection rates, four-fifths ratios with their significance, and the gaps in true and false positive rate (approved =
 * positive) of every group with at least 30 rows, against the best-treated group of the same attribute.
 * @param attributes - protected attributes of the same rows.
 */
export function groupFairness(attributes: readonly ProtectedGroups[], rows: Decisions): GroupFairness[] {
  const judged = attributes.flatMap((groups) => judgedGroups(groups, rows));
  const compared = judged.filter(({ group, reference }) => group !== reference);
  const raw = compared.map(({ counts, referenceCounts }) =>
    fisherExact([counts.approved, referenceCounts.approved], [counts.n, referenceCounts.n]),
  );
  const adjusted = new Map(holmAdjusted(raw).map((p, i) => [compared[i]!, p]));
  return judged.map((one) => describe(one, adjusted.get(one) ?? 1));
}

/** The groups that fail the four-fifths rule beyond chance, worst first. */
export const adverselyTreated = (found: readonly GroupFairness[]): GroupFairness[] =>
  found.filter(({ ratio, pValue }) => ratio < FOUR_FIFTHS && pValue < SIGNIFICANCE).sort((a, b) => a.ratio - b.ratio);

/**
 * What a gate reads: the smallest ratio among the groups whose approval rate differs from their reference's beyond
 * chance; 1 when none does.
 */
export const adverseImpactRatio = (found: readonly GroupFairness[]): number =>
  Math.min(1, ...found.filter(({ pValue }) => pValue < SIGNIFICANCE).map(({ ratio }) => ratio));
