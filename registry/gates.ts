import semver from 'semver';
import { PipelineError } from '../contracts/errors.js';
import { type Comparison, type GateResult, type Metric, NOT_MEASURABLE } from '../contracts/evaluation.js';
import { type Decision, isBackendLine } from '../contracts/ids.js';
import type { Gate } from '../contracts/model-definition.js';
import {
  type AgainstChampion,
  championGateName,
  judgeAgainstChampion,
  repetitionCause,
  versionRole,
} from './champion-gate.js';
import { formatAgainst, formatNumber } from './format-number.js';

type AbsoluteGate = Extract<Gate, { kind: 'absolute' }>;
type RelativeGate = Extract<Gate, { kind: 'better-than' }>;

/** A gate as text: `auc ≥ 0.8`, `0.1 ≤ rate ≤ 0.2`, `better than baseline`. */
export function gateName(gate: Gate): string {
  if (gate.kind === 'better-than') return `better than ${gate.other}`;
  if (gate.kind === 'against-champion') return championGateName(gate);
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

/** A metric without rows fails its gate unless the gate says otherwise: nothing was shown. */
function judgeUnmeasurable(gate: AbsoluteGate, remark: string, line: string): GateResult {
  const { notMeasurable = 'fails' } = gate;
  const passed = notMeasurable === 'passes' || (notMeasurable === 'passes in dev' && !isBackendLine(line));
  const ending = passed ? '; the gate does not apply' : '';
  return { gate: gateName(gate), passed, finding: `${gate.metric} is ${NOT_MEASURABLE}: ${remark}${ending}` };
}

function judgeAbsolute(gate: AbsoluteGate, metrics: readonly Metric[], line: string): GateResult {
  const found = metrics.find((metric) => metric.name === gate.metric);
  const name = gateName(gate);
  if (found === undefined) {
    const known = metrics.map((metric) => metric.name).join(', ');
    return { gate: name, passed: false, finding: `${gate.metric} was not measured; measured: ${known || 'nothing'}` };
  }
  if (found.value === null) return judgeUnmeasurable(gate, found.remark ?? 'no row', line);
  const passed = Number.isFinite(found.value) && brokenBound(gate, found.value) === null;
  return { gate: name, passed, finding: boundFinding(gate, found.value) };
}

const percent = (level: number): string => `${formatNumber(level * 100)} %`;

/** The facts that gates evaluate. */
export interface Measured {
  readonly metrics: readonly Metric[];
  readonly comparisons: readonly Comparison[];
  readonly against: Omit<AgainstChampion, 'comparison'>;
}

function judgeBaseline({ other }: RelativeGate, comparisons: readonly Comparison[]): GateResult {
  const gate = `better than ${other}`;
  const found = comparisons.find((comparison) => comparison.against === other);
  if (found === undefined) return { gate, passed: false, finding: `no comparison with the ${other} was made` };
  const { low, high, level } = found.interval;
  const passed = low > 0;
  const verdict = passed ? 'wholly above 0' : 'not wholly above 0';
  const range = `${percent(level)} interval ${formatAgainst(low, 0)} to ${formatNumber(high)}`;
  const finding = `${found.metric} differs from the ${other}'s by ${formatNumber(found.difference)} (${range}), ${verdict}`;
  return { gate, passed, finding };
}

function judge(gate: Gate, { metrics, comparisons, against }: Measured, line: string): GateResult[] {
  if (gate.kind === 'absolute') return [judgeAbsolute(gate, metrics, line)];
  if (gate.kind === 'better-than') return [judgeBaseline(gate, comparisons)];
  const comparison = comparisons.find((found) => found.against === 'champion');
  return judgeAgainstChampion(gate, { ...against, comparison });
}

/**
 * Evaluates the gates for a challenger. An absolute gate compares the metric's value, not its interval; `better-than`
 * wants the whole interval of the paired difference above zero; `against-champion` wants a refresh to be not worse than
 * the champion by more than the margin, and a change to be better or to have a stated reason. A line without champion
 * passes and says so; a champion that cannot score the rows is passed only when the signature changed; a missing metric
 * or baseline fails, and so does a metric without rows unless its gate says otherwise.
 * @returns one result for each gate of the line in the gates' order; `against-champion` may have a second one, for the
 *   newest window.
 */
export const judgeGates = (gates: readonly Gate[], line: string, measured: Measured): GateResult[] =>
  gatesOfLine(gates, line).flatMap((gate) => judge(gate, measured, line));

/** Hashes that determine the version number. */
export interface VersionHashes {
  readonly signatureHash: string;
  readonly definitionHash: string;
}

/** What a version was made from. */
export interface Provenance extends VersionHashes {
  readonly datasetHash: string;
  readonly seed: number;
}

export interface NumberedVersion extends Provenance {
  readonly version: string;
}

/**
 * The number after the line's newest version: major when the signature changed (callers must change), minor when
 * definition or parameters changed, else patch (other data, another seed). The first version is 1.0.0.
 */
export function nextVersion(
  newest: (VersionHashes & { readonly version: string }) | null,
  challenger: VersionHashes,
): string {
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
  readonly sameArtefact: NumberedVersion | null;
  readonly gates: readonly GateResult[];
  /** The champion that the challenger was compared with, and the present one. */
  readonly comparedWith: string | null;
  readonly champion: string | null;
  readonly newest: NumberedVersion | null;
  readonly challenger: Provenance;
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

/** What differs between two versions with the same signature and definition. */
function patchCause(newest: Provenance, challenger: Provenance): string {
  const isOtherData = newest.datasetHash !== challenger.datasetHash;
  const isOtherSeed = newest.seed !== challenger.seed;
  if (isOtherData && isOtherSeed) return 'data and seed changed';
  if (isOtherData) return 'only the data changed';
  if (isOtherSeed) return 'only the seed changed';
  return 'data, seed and definition are the same, the artefact is another one';
}

function differences(same: Provenance, challenger: Provenance): string[] {
  return [
    ...(same.datasetHash === challenger.datasetHash ? [] : ['data']),
    ...(same.definitionHash === challenger.definitionHash ? [] : ['definition']),
    ...(same.seed === challenger.seed ? [] : ['seed']),
  ];
}

/** Why the version has its number. */
export function numberingReason(newest: NumberedVersion | null, challenger: Provenance & { version: string }): string {
  const { version } = challenger;
  if (newest === null) return `${version} is the first version of its line`;
  const part = semver.diff(newest.version, version);
  const cause =
    part === 'major'
      ? 'the signature changed'
      : part === 'minor'
        ? 'definition or parameters changed'
        : patchCause(newest, challenger);
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
    const { version } = sameArtefact;
    const repeated = repetitionCause(differences(sameArtefact, challenger), 'same data, definition and seed');
    const reason = `repetition: ${repeated} ${versionRole(version, facts.champion)}; no gate decides`;
    return { decision: 'unchanged', version, reasons: [reason] };
  }
  const failed = gates.filter((gate) => !gate.passed);
  if (failed.length > 0)
    return { decision: 'rejected', version: null, reasons: failed.map(({ gate, finding }) => `${gate}: ${finding}`) };
  assertSameChampion(facts);
  const version = nextVersion(newest, challenger);
  const passed = gates.map(({ finding }) => finding);
  const numbering = numberingReason(newest, { ...challenger, version });
  return { decision: 'registered', version, reasons: [numbering, ...passed] };
}
