import semver from 'semver';
import { PipelineError } from '../contracts/errors.js';
import type { Comparison, GateResult, Metric } from '../contracts/evaluation.js';
import type { Decision } from '../contracts/ids.js';
import type { Gate } from '../contracts/model-definition.js';
import { formatAgainst, formatNumber } from './format-number.js';

type AbsoluteGate = Extract<Gate, { kind: 'absolute' }>;
type RelativeGate = Extract<Gate, { kind: 'better-than' }>;

/** A gate as text: `auc ≥ 0.8`, `0.1 ≤ rate ≤ 0.2`, `better than champion`. */
export function gateName(gate: Gate): string {
  if (gate.kind === 'better-than') return `better than ${gate.other}`;
  const low = gate.atLeast === undefined ? '' : formatNumber(gate.atLeast);
  const high = gate.atMost === undefined ? '' : formatNumber(gate.atMost);
  if (low !== '' && high !== '') return `${low} ≤ ${gate.metric} ≤ ${high}`;
  if (low !== '') return `${gate.metric} ≥ ${low}`;
  return high === '' ? `${gate.metric} is measured` : `${gate.metric} ≤ ${high}`;
}

/** Gates without `lines` apply to every line. */
export const gatesOfLine = (gates: readonly Gate[], line: string): Gate[] =>
  gates.filter((gate) => gate.lines === undefined || gate.lines.includes(line));

/** The bound that the value violates, or null; NaN violates every bound. */
function brokenBound({ atLeast, atMost }: AbsoluteGate, value: number): { sign: string; bound: number } | null {
  if (atLeast !== undefined && !(value >= atLeast)) return { sign: '<', bound: atLeast };
  if (atMost !== undefined && !(value <= atMost)) return { sign: '>', bound: atMost };
  return null;
}

function boundFinding(gate: AbsoluteGate, value: number): string {
  const broken = brokenBound(gate, value);
  if (broken)
    return `${gate.metric} ${formatAgainst(value, broken.bound)} ${broken.sign} ${formatNumber(broken.bound)}`;
  const held = [
    ...(gate.atLeast === undefined ? [] : [`≥ ${formatNumber(gate.atLeast)}`]),
    ...(gate.atMost === undefined ? [] : [`≤ ${formatNumber(gate.atMost)}`]),
  ];
  return [`${gate.metric} ${formatNumber(value)}`, held.join(' and ')].filter(Boolean).join(' ');
}

function judgeAbsolute(gate: AbsoluteGate, metrics: readonly Metric[]): GateResult {
  const found = metrics.find((metric) => metric.name === gate.metric);
  const name = gateName(gate);
  if (found === undefined) {
    const known = metrics.map((metric) => metric.name).join(', ');
    return { gate: name, passed: false, finding: `${gate.metric} was not measured; measured: ${known || 'nothing'}` };
  }
  const passed = Number.isFinite(found.value) && brokenBound(gate, found.value) === null;
  return { gate: name, passed, finding: boundFinding(gate, found.value) };
}

const percent = (level: number): string => `${formatNumber(level * 100)} %`;

/** A champion that could not be compared with the challenger. */
export interface IncomparableChampion {
  readonly version: string;
  /** Why it cannot score the challenger's rows. */
  readonly reason: string;
  /** The challenger has other inputs or another output, so that the champion cannot score its rows. */
  readonly signatureChanged: boolean;
}

/** The facts that gates evaluate. */
export interface Measured {
  readonly metrics: readonly Metric[];
  readonly comparisons: readonly Comparison[];
  /** Null when the line has no champion, or when `comparisons` holds the comparison with it. */
  readonly incomparable: IncomparableChampion | null;
}

function judgeUncompared(
  other: RelativeGate['other'],
  champion: IncomparableChampion | null,
): Omit<GateResult, 'gate'> {
  if (other !== 'champion') return { passed: false, finding: `no comparison with the ${other} was made` };
  if (champion === null) return { passed: true, finding: 'the line has no champion yet, so there is nothing to beat' };
  const { version, reason, signatureChanged } = champion;
  const finding = `champion ${version} cannot score these rows (${reason})`;
  const cause = signatureChanged ? 'the signature changed' : 'though the signature is the same';
  return { passed: signatureChanged, finding: `${finding}, ${cause}` };
}

function judgeRelative({ other }: RelativeGate, { comparisons, incomparable }: Measured): GateResult {
  const gate = `better than ${other}`;
  const found = comparisons.find((comparison) => comparison.against === other);
  if (found === undefined) return { gate, ...judgeUncompared(other, incomparable) };
  const { low, high, level } = found.interval;
  const passed = low > 0;
  const verdict = passed ? 'wholly above 0' : 'not wholly above 0';
  const range = `${percent(level)} interval ${formatAgainst(low, 0)} to ${formatNumber(high)}`;
  const finding = `${found.metric} differs from the ${other}'s by ${formatNumber(found.difference)} (${range}), ${verdict}`;
  return { gate, passed, finding };
}

/**
 * Evaluates the gates for a challenger. An absolute gate compares the metric's value, not its interval; a `better-than`
 * gate passes when the whole interval of the paired difference lies above zero, so that noise does not promote a
 * version. A line without champion passes `better than champion` and says so; a champion that cannot score the rows is
 * passed only when the signature changed; a missing metric or baseline fails.
 * @returns one result for each gate of the line, in the gates' order.
 */
export function judgeGates(gates: readonly Gate[], line: string, measured: Measured): GateResult[] {
  return gatesOfLine(gates, line).map((gate) =>
    gate.kind === 'absolute' ? judgeAbsolute(gate, measured.metrics) : judgeRelative(gate, measured),
  );
}

/** Hashes that determine the version number. */
export interface VersionHashes {
  readonly signatureHash: string;
  readonly definitionHash: string;
}

export interface NumberedVersion extends VersionHashes {
  readonly version: string;
}

/**
 * The number after the line's newest version: major when the signature changed (callers must change), minor when
 * definition or parameters changed, patch when only the data did. The first version is 1.0.0.
 */
export function nextVersion(newest: NumberedVersion | null, challenger: VersionHashes): string {
  if (newest === null) return '1.0.0';
  const part =
    newest.signatureHash !== challenger.signatureHash
      ? 'major'
      : newest.definitionHash !== challenger.definitionHash
        ? 'minor'
        : 'patch';
  const next = semver.inc(newest.version, part);
  if (next === null)
    throw new PipelineError('INTERNAL', `"${newest.version}" is no semantic version`, { found: newest.version });
  return next;
}

export interface RegistrationFacts {
  /** The version of the line that already has the challenger's artefact hash. */
  readonly sameArtefact: string | null;
  readonly gates: readonly GateResult[];
  /** The champion that the challenger was compared with, and the present one. */
  readonly comparedWith: string | null;
  readonly champion: string | null;
  readonly newest: NumberedVersion | null;
  readonly challenger: VersionHashes;
}

export interface RegistrationDecision {
  readonly decision: Extract<Decision, 'registered' | 'rejected' | 'unchanged'>;
  readonly version: string | null;
  readonly reasons: readonly string[];
}

function assertSameChampion({ comparedWith, champion }: RegistrationFacts): void {
  if (comparedWith === champion) return;
  const name = (version: string | null): string => version ?? 'no champion';
  throw new PipelineError(
    'CONFLICT',
    `the challenger was compared with ${name(comparedWith)}, now ${name(champion)} is the champion: evaluate again`,
    { found: champion, wanted: comparedWith },
  );
}

function numberingReason(newest: NumberedVersion | null, version: string): string {
  if (newest === null) return `${version} is the first version of its line`;
  const part = semver.diff(newest.version, version);
  const cause =
    part === 'major'
      ? 'the signature changed'
      : part === 'minor'
        ? 'definition or parameters changed'
        : 'only the data changed';
  return `${version} follows ${newest.version}: ${cause}`;
}

/**
 * Decision on an evaluated artefact, in this order: `unchanged` for a known artefact hash; `rejected` for a failed gate;
 * an error when the champion changed since the comparison; else `registered`.
 * @throws PipelineError `CONFLICT`.
 */
export function decideRegistration(facts: RegistrationFacts): RegistrationDecision {
  const { sameArtefact, gates, newest, challenger } = facts;
  if (sameArtefact !== null) {
    const role = sameArtefact === facts.champion ? 'the champion ' : 'version ';
    const reason = `the artefact has the same hash as ${role}${sameArtefact}`;
    return { decision: 'unchanged', version: sameArtefact, reasons: [reason] };
  }
  const failed = gates.filter((gate) => !gate.passed);
  if (failed.length > 0)
    return { decision: 'rejected', version: null, reasons: failed.map(({ gate, finding }) => `${gate}: ${finding}`) };
  assertSameChampion(facts);
  const version = nextVersion(newest, challenger);
  const passed = gates.map(({ finding }) => finding);
  return { decision: 'registered', version, reasons: [numberingReason(newest, version), ...passed] };
}
