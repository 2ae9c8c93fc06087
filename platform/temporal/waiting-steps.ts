import type { WorkflowExecutionDescription } from '@temporalio/client';

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** `PendingActivityState`: queued, or in the pause before the next attempt. */
const SCHEDULED = 1;
/** A step that is queued for longer waits for a free worker. */
const QUEUED_LONG_MS = 10_000;

/** A step that does not get on: a failed attempt lies behind it, or no worker takes it. */
export interface WaitingStep {
  /** The activity's name. */
  readonly step: string;
  /** Number of the attempt that runs or comes next, from 1. */
  readonly attempt: number;
  /** Of the last attempt; null when the step waits for a worker. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** Pause between the failed attempt and the next one, in seconds; null when an attempt runs now. */
  readonly pauseSeconds: number | null;
}

/** The steps of a running workflow that wait. @param now - milliseconds since the epoch. */
export const waitingSteps = ({ raw }: Pick<WorkflowExecutionDescription, 'raw'>, now: number): readonly WaitingStep[] =>
  (raw.pendingActivities ?? []).flatMap((pending) => waitingStep(pending, now) ?? []);

function waitingStep(pending: PendingActivity, now: number): WaitingStep | null {
  const { activityType, attempt, lastFailure, state } = pending;
  const queued = Number(state) === SCHEDULED;
  const about = { step: activityType?.name ?? 'step', attempt: attempt ?? 1 };
  if (lastFailure)
    return { ...about, failure: failureOf(lastFailure), pauseSeconds: queued ? pauseSeconds(pending) : null };
  const waits = queued && now - milliseconds(pending.scheduledTime) > QUEUED_LONG_MS;
  return waits ? { ...about, failure: null, pauseSeconds: null } : null;
}

/** An error of our own has its code as type; one of the server, such as a missed heartbeat, has none. */
const failureOf = ({ applicationFailureInfo, message }: NonNullable<PendingActivity['lastFailure']>) => ({
  code: applicationFailureInfo?.type ?? 'WORKER_LOST',
  message: message ?? '',
});

/** The server's own interval, not the rest of it, so that a log repeats the line with each attempt only. */
const pauseSeconds = ({ currentRetryInterval }: PendingActivity): number =>
  Number(currentRetryInterval?.seconds ?? 0) + (currentRetryInterval?.nanos ?? 0) / 1e9;

const milliseconds = (time: PendingActivity['scheduledTime']): number =>
  Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;

/** Messages of unavailable services have this form; see `serviceUnavailable`. */
const away = /^(?<service>.+?) does not answer: (?<reason>.*)$/s;

/**
 * One line for a waiting step.
 * @example 'waiting for the database at 127.0.0.1:5432, attempt 7, next try in 30 s: connect ECONNREFUSED'
 */
export function describeWaiting({ attempt, failure, pauseSeconds: pause }: WaitingStep): string {
  if (failure === null) return 'waiting for a free worker';
  const found = away.exec(failure.message)?.groups;
  const subject = found === undefined ? 'waiting to repeat a failed step' : `waiting for ${found.service}`;
  const reason = (found?.reason ?? `${failure.code}: ${failure.message}`).split('\n')[0]!;
  const next = pause === null ? 'which runs now' : `next try in ${shortDuration(pause)}`;
  return `${subject}, attempt ${attempt}, ${next}: ${reason}`;
}

const shortDuration = (seconds: number): string =>
  seconds < 10 ? `${Number(seconds.toFixed(1))} s` : `${Math.round(seconds)} s`;
