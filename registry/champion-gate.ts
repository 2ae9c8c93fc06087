import type { Comparison, GateResult } from '../contracts/evaluation.js';
import type { Gate } from '../contracts/model-definition.js';
import { formatAgainst, formatNumber } from './format-number.js';

export type ChampionGate = Extract<Gate, { kind: 'against-champion' }>;

/** A champion that could not be compared with the challenger. */
export interface IncomparableChampion {
  readonly version: string;
  /** Why it cannot score the challenger's rows. */
  readonly reason: string;
  /** The challenger has other inputs or another output, so that the champion cannot score its rows. */
  readonly signatureChanged: boolean;
}

/**
 * How a challenger came about, seen from the champion; decides which rule holds.
 * - `refresh`: the champion's definition and signature, another data set.
 * - `repetition`: the artefact of a version once more, so that there is nothing to judge.
 * - `change`: anything else.
 */
export type ChampionRelation = { readonly version: string } & (
  | { readonly kind: 'refresh' | 'change' }
  | {
      readonly kind: 'repetition';
      /** The version that has the artefact: the champion or another one. */
      readonly repeats: string;
      /** `data`, `definition`: what gave the same artefact though it is not that version's. */
      readonly differs: readonly string[];
    }
);

/** The comparison on the newest window alone; null with a remark when it has too few rows to judge. */
export type WindowComparison =
  { readonly comparison: Comparison; readonly remark: null } | { readonly comparison: null; readonly remark: string };

/** What a run has in common with the version that it repeats, up to that version's name. */
export const repetitionCause = (differs: readonly string[], all: string): string =>
  differs.length === 0 ? `${all} as` : `other ${differs.join(' and ')}, yet the artefact of`;

/** `the champion 1.0.0` or `version 1.0.0`. */
export const versionRole = (version: string, champion: string | null): string =>
  `${version === champion ? 'the champion' : 'version'} ${version}`;

/** What `against-champion` looks at. */
export interface AgainstChampion {
  readonly comparison: Comparison | undefined;
  /** Null when the line has no champion. */
  readonly champion: ChampionRelation | null;
  /** Null when there is no champion, or when `comparison` is the one with it. */
  readonly incomparable: IncomparableChampion | null;
  /** Null when there is no comparison. */
  readonly window: WindowComparison | null;
  /** Why a person wants the change; null when no reason was stated. */
  readonly statedReason: string | null;
}

/** Of a line's first version. */
export const WITHOUT_CHAMPION: Omit<AgainstChampion, 'comparison'> = {
  champion: null,
  incomparable: null,
  window: null,
  statedReason: null,
};

type Verdict = Omit<GateResult, 'gate'>;

export const championGateName = ({ margin }: ChampionGate): string =>
  `against champion (margin ${formatNumber(margin)})`;

/** `difference −0.001, 95 % interval −0.004 to 0.002`; the interval's low never reads like a bound that it misses. */
function measuredDifference({ difference, interval }: Comparison, bound: number): string {
  const { low, high, level } = interval;
  const range = `${formatAgainst(low, bound)} to ${formatNumber(high)}`;
  return `difference ${formatNumber(difference)}, ${formatNumber(level * 100)} % interval ${range}`;
}

function judgeIncomparable({ version, reason, signatureChanged }: IncomparableChampion): Verdict {
  const finding = `champion ${version} cannot score these rows (${reason})`;
  const cause = signatureChanged ? 'the signature changed' : 'though the signature is the same';
  return { passed: signatureChanged, finding: `${finding}, ${cause}` };
}

interface Compared {
  readonly comparison: Comparison;
  readonly version: string;
  readonly margin: number;
}

const isWithinMargin = ({ comparison, margin }: Compared): boolean => comparison.interval.low > -margin;

/** `not worse than 1.0.0 by more than 0.01 aucRoc (difference …)`, or `may be worse …`. */
function marginFinding(compared: Compared): string {
  const { comparison, version, margin } = compared;
  const verb = isWithinMargin(compared) ? 'not worse' : 'may be worse';
  const measured = measuredDifference(comparison, -margin);
  return `${verb} than ${version} by more than ${formatNumber(margin)} ${comparison.metric} (${measured})`;
}

const judgeRefresh = (compared: Compared): Verdict => ({
  passed: isWithinMargin(compared),
  finding: `refresh: ${marginFinding(compared)}`,
});

function judgeChange(compared: Compared, statedReason: string | null): Verdict {
  const { comparison, version } = compared;
  if (comparison.interval.low > 0) {
    const finding = `change: better than ${version} in ${comparison.metric} (${measuredDifference(comparison, 0)})`;
    return { passed: true, finding };
  }
  if (!isWithinMargin(compared)) return { passed: false, finding: `change: ${marginFinding(compared)}` };
  const finding = `${marginFinding(compared)}, not better`;
  if (statedReason !== null) return { passed: true, finding: `change, stated reason "${statedReason}": ${finding}` };
  return { passed: false, finding: `change: ${finding}; it passes with a stated reason (--reason)` };
}

function judgeRepetition({ version, repeats, differs }: Extract<ChampionRelation, { kind: 'repetition' }>): Verdict {
  const repeated = `${repetitionCause(differs, 'same data and definition')} ${versionRole(repeats, version)}`;
  return { passed: true, finding: `repetition: ${repeated}; no rule is judged` };
}

const WINDOW_GATE = 'not worse on the newest window';

/** A challenger that is significantly worse on the newest rows fails, however good it is on the old ones. */
function judgeWindow({ comparison, remark }: WindowComparison, version: string): GateResult {
  if (comparison === null) return { gate: WINDOW_GATE, passed: true, finding: `not judged: ${remark}` };
  const passed = comparison.interval.high >= 0;
  const verb = passed ? 'not significantly worse' : 'significantly worse';
  const measured = `${measuredDifference(comparison, 0)}, n = ${comparison.n}`;
  return { gate: WINDOW_GATE, passed, finding: `${verb} than ${version} in ${comparison.metric} (${measured})` };
}

/**
 * Judges a challenger against the line's champion: on all rows by the rule that its finding begins with, and on the
 * newest window alone where there is a comparison. A repetition passes without being judged.
 */
export function judgeAgainstChampion(gate: ChampionGate, against: AgainstChampion): GateResult[] {
  const pooled = { gate: championGateName(gate), ...verdictOf(gate, against) };
  const { window, champion } = against;
  if (window === null || champion === null || champion.kind === 'repetition') return [pooled];
  return [pooled, judgeWindow(window, champion.version)];
}

function verdictOf({ margin }: ChampionGate, against: AgainstChampion): Verdict {
  const { comparison, champion, incomparable, statedReason } = against;
  if (champion?.kind === 'repetition') return judgeRepetition(champion);
  if (incomparable !== null) return judgeIncomparable(incomparable);
  if (champion === null)
    return { passed: true, finding: 'the line has no champion yet, so there is nothing to compare with' };
  if (comparison === undefined) return { passed: false, finding: 'no comparison with the champion was made' };
  const compared = { comparison, version: champion.version, margin };
  return champion.kind === 'refresh' ? judgeRefresh(compared) : judgeChange(compared, statedReason);
}
