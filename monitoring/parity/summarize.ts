import type { ParityFinding, ViewParity } from '../../contracts/feature-parity.js';
import { groupBy } from '../../learning/group-by.js';
import { relativeDifference } from './compare-read.js';
import type { ExplainedRead } from './explain-reads.js';

/** Keeps a result small enough for a payload. */
const MOST_EXAMPLES = 3;
const MOST_FINDINGS = 20;
const MOST_COLUMNS = 30;

/** Largest finite difference; null when there is none. */
function worstOf(reads: readonly ExplainedRead[], field?: number): number | null {
  const found = reads.flatMap(({ differences }) =>
    differences.filter((each) => field === undefined || each.field === field).map(relativeDifference),
  );
  const finite = found.filter((value) => Number.isFinite(value));
  return finite.length === 0 ? null : finite.reduce((a, b) => Math.max(a, b));
}

function columnsOf(reads: readonly ExplainedRead[], names: readonly string[]): ParityFinding['columns'] {
  const counts = new Map<number, number>();
  for (const { differences } of reads)
    for (const { field } of differences) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts]
    .sort(([a, inA], [b, inB]) => inB - inA || a - b)
    .slice(0, MOST_COLUMNS)
    .map(([field, count]) => ({ name: names[field] ?? `field ${field}`, reads: count, worst: worstOf(reads, field) }));
}

function examplesOf(reads: readonly ExplainedRead[]): ParityFinding['examples'] {
  return reads.slice(0, MOST_EXAMPLES).map(({ read: { predictionId, at, entityHash } }) => ({
    predictionId,
    at: new Date(at).toISOString(),
    entityHash,
  }));
}

/** One view of a check. */
export interface CheckedView {
  readonly view: string;
  readonly version: number;
  readonly compared: number;
  readonly explained: readonly ExplainedRead[];
  /** Names of the fields. */
  readonly names: readonly string[];
}

/** What was found of one view: reads with one cause and finding together, the most frequent first. */
export function summarizeView({ view, version, compared, explained, names }: CheckedView): ViewParity {
  const findings = [...groupBy(explained, ({ cause, finding }) => `${cause}\n${finding}`).values()].map(
    (reads): ParityFinding => {
      const { cause, finding } = reads[0]!;
      return { cause, finding, reads: reads.length, columns: columnsOf(reads, names), examples: examplesOf(reads) };
    },
  );
  return {
    ...{ view, version, compared, differing: explained.length, worst: worstOf(explained) },
    findings: findings.sort((a, b) => b.reads - a.reads).slice(0, MOST_FINDINGS),
  };
}
