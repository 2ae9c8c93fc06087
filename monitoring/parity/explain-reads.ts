import type { ParityCause } from '../../contracts/feature-parity.js';
import { groupBy } from '../../learning/group-by.js';
import { formatMinute } from '../../registry/format-minute.js';
import { differencesOf, type FieldDifference } from './compare-read.js';
import { LARGEST_SHIFT_MS, SHIFT_STEP_MS } from './known-moments.js';
import type { ReplayedRead } from './replay-reads.js';

/** A read that is not what it should be, and why. */
export interface ExplainedRead {
  readonly read: ReplayedRead['read'];
  readonly cause: ParityCause;
  /** In a sentence, the same for all reads with the same fault. */
  readonly finding: string;
  readonly differences: readonly FieldDifference[];
}

/** What the store was given before a read. */
export interface WrittenValues {
  readonly view: string;
  readonly version: number;
  /** The earliest moment of a value that was written; milliseconds, as both. */
  readonly eventTime: number;
  readonly writtenAt: number;
}

/** What explanations go by. */
export interface Circumstances {
  readonly written: readonly WrittenValues[];
  /** Moments of the view's earlier values, latest first. */
  readonly earlierMoments: (read: ReplayedRead) => readonly number[];
}

/** Time that a write may take to be seen by every process. */
const GRACE_MS = 60_000;
/** Former moments whose values are tried. */
const MOST_EARLIER = 14;

const isEqual = (replayed: ReplayedRead, expected: Float64Array): boolean =>
  differencesOf(replayed.view, replayed.values, expected).length === 0;

/** The same values in another order of fields: the layout of another definition. */
function isRearranged({ values, expected }: ReplayedRead): boolean {
  const [found, wanted] = [values.toSorted(), expected.toSorted()];
  return found.every((value, i) => Object.is(value, wanted[i]));
}

/** Shifts of a clock, the smallest first. */
function* shifts(): Generator<number> {
  for (let shift = SHIFT_STEP_MS; shift <= LARGEST_SHIFT_MS; shift += SHIFT_STEP_MS) yield* [shift, -shift];
}

const hours = (milliseconds: number): string => {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  const clock = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  return `${milliseconds < 0 ? '−' : '+'}${clock} h`;
};

const minuteOf = (milliseconds: number): string => formatMinute(new Date(milliseconds));

/** A newer value that the store had been given before the read; null: there was none. */
function newerThan({ read, view }: ReplayedRead, written: readonly WrittenValues[]): WrittenValues | null {
  const before = written.filter(
    (each) => each.view === view.name && each.version === view.version && each.writtenAt + GRACE_MS < read.at,
  );
  const newest = before.reduce<WrittenValues | null>(
    (a, b) => (a !== null && a.eventTime >= b.eventTime ? a : b),
    null,
  );
  return newest !== null && newest.eventTime > read.eventTime ? newest : null;
}

/**
 * Whether a value is older than its time to live. A source whose events have ended is written again with the same moment;
 * such values count from when they were written.
 */
function isOverAge({ read, view }: ReplayedRead, written: readonly WrittenValues[]): boolean {
  const renewed = written
    .filter((each) => each.view === view.name && each.eventTime === read.eventTime && each.writtenAt <= read.at)
    .reduce((latest, { writtenAt }) => Math.max(latest, writtenAt), read.eventTime);
  return read.at - renewed > view.timeToLiveSeconds * 1000;
}

function staleFinding(replayed: ReplayedRead, { written }: Circumstances): string | null {
  const newer = newerThan(replayed, written);
  if (newer !== null)
    return `the value is as of ${minuteOf(replayed.read.eventTime)}, though one as of ${minuteOf(newer.eventTime)} was written before (UTC)`;
  if (!isOverAge(replayed, written)) return null;
  const days = replayed.view.timeToLiveSeconds / 86_400;
  return `the value is as of ${minuteOf(replayed.read.eventTime)} (UTC), older than its time to live of ${days} days`;
}

type Explanation = Pick<ExplainedRead, 'cause' | 'finding'>;

/** Why the values of one read differ, where the read shows it by itself; null: it does not. */
function explainAlone(replayed: ReplayedRead, circumstances: Circumstances): Explanation | null {
  const { read, at } = replayed;
  if (isRearranged(replayed))
    return { cause: 'schema', finding: 'the right values stand in other fields: the layout of another definition' };
  const earlier = circumstances
    .earlierMoments(replayed)
    .slice(0, MOST_EARLIER)
    .find((moment) => isEqual(replayed, at(moment)));
  if (earlier !== undefined)
    return {
      cause: 'stale',
      finding: `the value says ${minuteOf(read.eventTime)} and is that of ${minuteOf(earlier)} (UTC)`,
    };
  for (const shift of shifts())
    if (isEqual(replayed, at(read.eventTime + shift)))
      return { cause: 'time shift', finding: `the value is that of ${hours(shift)} beside the moment that it names` };
  return null;
}

interface Unexplained {
  readonly replayed: ReplayedRead;
  readonly differences: readonly FieldDifference[];
}

/** A value that stands in place of another in every read of a field that differs. */
interface Replaced {
  readonly found: number;
  readonly expected: number;
  readonly reads: number;
}

/** Reads of one field that show a changed constant: one read alone could be any fault. */
const FEWEST_OF_CONSTANT = 3;

/** Fields in which one constant stands for another wherever they differ, such as 0 for unknown. */
function replacedConstants(unexplained: readonly Unexplained[]): ReadonlyMap<number, Replaced> {
  const byField = groupBy(
    unexplained.flatMap(({ differences }) => differences),
    ({ field }) => field,
  );
  const replaced = [...byField].flatMap(([field, all]): [number, Replaced][] => {
    const { found, expected } = all[0]!;
    const isConstant = all.every((each) => Object.is(each.found, found) && Object.is(each.expected, expected));
    const isUnknown = Number.isNaN(expected) || Number.isNaN(found);
    return isConstant && (isUnknown || all.length >= FEWEST_OF_CONSTANT)
      ? [[field, { found, expected, reads: all.length }]]
      : [];
  });
  return new Map(replaced);
}

/** A value that few reads share may be a customer's, so it is not named. */
function describeReplaced({ found, expected, reads }: Replaced): string {
  const isTold = (value: number): boolean => value === 0 || reads >= FEWEST_OF_CONSTANT;
  const [stands, wanted] = [found, expected].map((value) =>
    Number.isNaN(value) ? 'unknown' : isTold(value) ? String(value) : 'a value',
  );
  return `${stands!} in place of ${wanted!}`;
}

/** Why the values of several reads differ, where only together they show it. */
function explainTogether(unexplained: readonly Unexplained[]): ExplainedRead[] {
  const constants = replacedConstants(unexplained);
  return unexplained.map(({ replayed: { read }, differences }) => {
    const replaced = differences.map(({ field }) => constants.get(field));
    if (replaced.some((each) => each === undefined))
      return { read, differences, cause: 'value', finding: 'other values, of no cause that is known here' };
    const pairs = new Set(replaced.map((each) => describeReplaced(each!)));
    return { read, differences, cause: 'default', finding: [...pairs].sort().join(', ') };
  });
}

/**
 * The reads that are not what they should be, each with its cause.
 * @param replayed - of one view and version.
 */
export function explainReads(replayed: readonly ReplayedRead[], circumstances: Circumstances): ExplainedRead[] {
  const explained: ExplainedRead[] = [];
  const unexplained: Unexplained[] = [];
  for (const each of replayed) {
    const { read, view, values, expected, shift } = each;
    const differences = differencesOf(view, values, expected);
    const stale = staleFinding(each, circumstances);
    if (shift !== 0) {
      const finding = `the moment that the value names lies ${hours(shift)} beside that of the snapshot`;
      explained.push({ read, differences, cause: 'time shift', finding });
    } else if (differences.length > 0) {
      const alone = explainAlone(each, circumstances);
      if (alone === null) unexplained.push({ replayed: each, differences });
      else explained.push({ read, differences, ...alone });
    } else if (stale !== null) explained.push({ read, differences, cause: 'stale', finding: stale });
  }
  return [...explained, ...explainTogether(unexplained)];
}
