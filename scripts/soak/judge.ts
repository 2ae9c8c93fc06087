import type { PastEvent } from './events.js';
import type { Outcome } from './load.js';

/** Errors of one kind, and why they are allowed. */
export interface ErrorRow {
  readonly kind: string;
  readonly count: number;
  /** The event after which it is documented; null: none, so it counts as an error. */
  readonly explanation: string | null;
  /** Seconds since the load began: of the first and the last one. */
  readonly from: number;
  readonly to: number;
}

export interface Verdict {
  readonly requests: number;
  readonly byReference: number;
  readonly p50: number;
  readonly p95: number;
  readonly errors: readonly ErrorRow[];
  /** Share of requests with an error that no event explains. */
  readonly errorShare: number;
  /** Resident memory, last minute by second minute. */
  readonly memoryRatio: number;
  readonly faults: readonly string[];
}

/** Errors that the documentation states for a service that is away, by the part that was killed. */
const STATED: Readonly<Record<string, readonly string[]>> = {
  redis: ['FEATURES_UNAVAILABLE'],
  postgres: [],
  temporal: [],
};

/** How long a killed part may be away: restart after half a second, and the time it takes to answer. */
const AWAY_MS = 45_000;

function explain({ sentAt, status, code }: Outcome, events: readonly PastEvent[]): string | null {
  const cause = events.find(
    ({ name, at }) =>
      name.startsWith('kill ') && sentAt >= at - 1_000 && sentAt <= at + AWAY_MS && isStated(name.slice(5), code),
  );
  return status === 503 && cause !== undefined ? `after ${cause.name}: docs/prediction-api.md, health` : null;
}

const isStated = (part: string, code: string | null): boolean => code !== null && (STATED[part] ?? []).includes(code);

const isError = ({ status }: Outcome): boolean => status !== 200;

function errorRows(outcomes: readonly Outcome[], events: readonly PastEvent[]): ErrorRow[] {
  const rows = new Map<string, ErrorRow>();
  for (const outcome of outcomes.filter(isError)) {
    const explanation = explain(outcome, events);
    const kind = `${outcome.route} ${outcome.status ?? 'no answer'} ${outcome.code}`;
    const key = `${kind} ${explanation}`;
    const { count = 0, from = outcome.sentAt / 1000 } = rows.get(key) ?? {};
    rows.set(key, { kind, explanation, count: count + 1, from, to: outcome.sentAt / 1000 });
  }
  return [...rows.values()];
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A reading of resident memory. */
export interface MemoryReading {
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly megabytes: number;
}

/** Mean of the last minute by that of the second one; of a load under three minutes, last by second third. */
export function memoryRatio(readings: readonly MemoryReading[], milliseconds: number): number {
  const part = Math.min(60_000, milliseconds / 3);
  const between = (from: number, to: number): number =>
    mean(readings.filter(({ at }) => at >= from && at <= to).map(({ megabytes }) => megabytes));
  return between(milliseconds - part, milliseconds) / between(part, 2 * part);
}

export interface Soaked {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly PastEvent[];
  readonly memory: readonly MemoryReading[];
  readonly milliseconds: number;
  /** Of the model whose version is promoted and rolled back. */
  readonly change: VersionChange;
}

export interface VersionChange {
  readonly route: string;
  readonly former: string;
  readonly successor: string;
}

const MOST_ERRORS = 0.001;
const MOST_GROWTH = 1.1;

/** Judges a load by the bars of the soak test. */
export function judge({ outcomes, events, memory, milliseconds, change }: Soaked): Verdict {
  const errors = errorRows(outcomes, events);
  const unexplained = errors
    .filter(({ explanation }) => explanation === null)
    .reduce((sum, { count }) => sum + count, 0);
  const errorShare = unexplained / outcomes.length;
  const ratio = memoryRatio(memory, milliseconds);
  const times = outcomes.map((outcome) => outcome.milliseconds).sort((a, b) => a - b);
  const faults = [
    ...(errorShare < MOST_ERRORS ? [] : [`errors without a stated cause: ${unexplained} of ${outcomes.length}`]),
    ...(ratio <= MOST_GROWTH ? [] : [`memory grew ${ratio.toFixed(3)} times, wanted at most ${MOST_GROWTH}`]),
    ...versionFaults(outcomes, events, change),
  ];
  return {
    requests: outcomes.length,
    byReference: outcomes.filter(({ byReference }) => byReference).length,
    ...{ p50: quantile(times, 0.5), p95: quantile(times, 0.95), errors, errorShare, memoryRatio: ratio, faults },
  };
}

const endOf = ({ sentAt, milliseconds }: Outcome): number => sentAt + milliseconds;

/**
 * Answers of another version than the one in use. Requests at the same time may be answered by either; one that was sent
 * after an answer of the new version may not be answered by the former.
 */
function versionFaults(
  outcomes: readonly Outcome[],
  events: readonly PastEvent[],
  { route, former, successor }: VersionChange,
): string[] {
  const at = (name: string): number => events.find((event) => event.name === name)?.at ?? Infinity;
  const [promoted, returned] = [at('promotion'), at('rollback')];
  const answered = outcomes.filter((outcome) => outcome.route === route && outcome.version !== null);
  const firstEnd = (version: string, after: number): number =>
    Math.min(...answered.filter((one) => one.version === version && one.sentAt >= after).map(endOf));
  const [seen, seenBack] = [firstEnd(successor, promoted - 1_000), firstEnd(former, returned)];
  const wrong = answered.filter((outcome) =>
    outcome.version === successor
      ? endOf(outcome) < promoted || outcome.sentAt > seenBack
      : outcome.version !== former || (outcome.sentAt > seen && endOf(outcome) < returned),
  );
  const unseen = [
    ...(promoted < Infinity && seen === Infinity ? ['the promotion was never seen'] : []),
    ...(returned < Infinity && seenBack === Infinity ? ['the rollback was never seen'] : []),
  ];
  return wrong.length === 0 ? unseen : [...unseen, `answers of a version that was not in use: ${wrong.length}`];
}
