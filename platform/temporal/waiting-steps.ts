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
  /** When the next attempt begins, in milliseconds since the epoch; null when one runs now. */
  readonly nextAttemptAt: number | null;
}

/** The steps of a running workflow that wait. @param now - milliseconds since the epoch. */
export const waitingSteps = ({ raw }: Pick<WorkflowExecutionDescription, 'raw'>, now: number): readonly WaitingStep[] =>
  (raw.pendingActivities ?? []).flatMap((pending) => waitingStep(pending, now) ?? []);

/** How the attempt before failed of one step of a running workflow; null when none did. @param id - of the activity. */
export function lastFailureOf({ raw }: Pick<WorkflowExecutionDescription, 'raw'>, id: string): WaitingStep['failure'] {
  const found = raw.pendingActivities?.find(({ activityId }) => activityId === id)?.lastFailure;
  return found ? failureOf(found) : null;
}

function waitingStep(pending: PendingActivity, now: number): WaitingStep | null {
  const { activityType, attempt, lastFailure, state } = pending;
  const queued = Number(state) === SCHEDULED;
  const about = { step: activityType?.name ?? 'step', attempt: attempt ?? 1 };
  if (lastFailure) return { ...about, failure: failureOf(lastFailure), ...(queued ? pauseOf(pending) : atOnce) };
  const waits = queued && now - milliseconds(pending.scheduledTime) > QUEUED_LONG_MS;
  return waits ? { ...about, failure: null, ...atOnce } : null;
}

/** An error of our own has its code as type; one of the server, such as a missed heartbeat, has none. */
const failureOf = ({ applicationFailureInfo, message }: NonNullable<PendingActivity['lastFailure']>) => ({
  code: applicationFailureInfo?.type ?? 'WORKER_LOST',
  message: message ?? '',
});

const atOnce = { pauseSeconds: null, nextAttemptAt: null };

/** The server's own interval beside the moment, so that a log repeats the line with each attempt only. */
const pauseOf = ({ currentRetryInterval, nextAttemptScheduleTime, scheduledTime }: PendingActivity) => ({
  pauseSeconds: Number(currentRetryInterval?.seconds ?? 0) + (currentRetryInterval?.nanos ?? 0) / 1e9,
  nextAttemptAt: milliseconds(nextAttemptScheduleTime ?? scheduledTime),
});

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
  const { subject, reason } = partsOf(failure);
  const next = pause === null ? 'which runs now' : `next try in ${shortDuration(pause)}`;
  return `${subject}, attempt ${attempt}, ${next}: ${reason}`;
}

function partsOf({ code, message }: NonNullable<WaitingStep['failure']>) {
  const found = away.exec(message)?.groups;
  const subject = found === undefined ? 'waiting to repeat a failed step' : `waiting for ${found.service}`;
  return { subject, reason: (found?.reason ?? `${code}: ${message}`).split('\n')[0]! };
}

/**
 * The same for a place where the line is rewritten: what counts stands first, and the pause runs down.
 * @param now - milliseconds since the epoch.
 * @example 'attempt 7, next try in 12 s: connect ECONNREFUSED (waiting for the database at 127.0.0.1:5432)'
 */
export function countDown({ attempt, failure, nextAttemptAt }: WaitingStep, now: number): string {
  if (failure === null) return 'waiting for a free worker';
  const { subject, reason } = partsOf(failure);
  const seconds = nextAttemptAt === null ? null : Math.max(0, Math.ceil((nextAttemptAt - now) / 1000));
  return `attempt ${attempt}, ${seconds === null ? 'runs now' : `next try in ${seconds} s`}: ${reason} (${subject})`;
}

const shortDuration = (seconds: number): string =>
  seconds < 10 ? `${Number(seconds.toFixed(1))} s` : `${Math.round(seconds)} s`;
