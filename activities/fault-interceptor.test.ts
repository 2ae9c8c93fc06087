import { ActivityCancellationDetails, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contracts/errors.js';
import { type FaultContext, isFirstOutage, toFailure } from './fault-interceptor.js';

const limits = { outagePatienceMs: 60_000, longestPauseMs: 4000, crashAttempts: 3 };
const first = { attempt: 1, heartbeatTimeoutMs: 30_000, heartbeatDetails: undefined };

/** A running attempt, and the heartbeats that it sends. */
function attemptOf(info: FaultContext['info'] = first, tookMs = 0) {
  const heartbeats: unknown[] = [];
  const heartbeat = (details?: unknown): void => void heartbeats.push(details);
  const signal = new AbortController().signal;
  const context = { info, cancellationSignal: signal, cancellationDetails: undefined, heartbeat };
  return { context, limits, tookMs, heartbeats };
}
const running = attemptOf();
const stopped = (details: ConstructorParameters<typeof ActivityCancellationDetails>[0]) => {
  const attempt = attemptOf();
  const cancelled = {
    cancellationSignal: AbortSignal.abort(),
    cancellationDetails: new ActivityCancellationDetails(details),
  };
  return { ...attempt, context: { ...attempt.context, ...cancelled } };
};

describe('toFailure', () => {
  it('keeps code, message and details, and takes nonRetryable from the error table', () => {
    const fault = new PipelineError('SINGLE_CLASS', 'all labels are 1', { column: 'defaulted' });
    expect(toFailure(fault, running)).toMatchObject({
      type: 'SINGLE_CLASS',
      message: 'all labels are 1',
      nonRetryable: true,
      details: [{ column: 'defaulted' }],
    });
    expect(toFailure(new PipelineError('CHILD_CRASHED', 'signal SIGKILL'), running)).toMatchObject({
      type: 'CHILD_CRASHED',
      nonRetryable: false,
    });
  });

  it('is a retryable SERVICE_UNAVAILABLE for a refused connection at any depth of causes', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const fault of [refused, new AggregateError([refused]), new Error('query failed', { cause: refused })])
      expect(toFailure(fault, running)).toMatchObject({ type: 'SERVICE_UNAVAILABLE', nonRetryable: false });
  });

  it('is a non-retryable INTERNAL for an error of the program', () => {
    expect(toFailure(new TypeError('x is not a function'), running)).toMatchObject({
      type: 'INTERNAL',
      nonRetryable: true,
    });
  });

  it('returns an ApplicationFailure unchanged', () => {
    const failure = ApplicationFailure.retryable('later', 'CONFLICT');
    expect(toFailure(failure, running)).toBe(failure);
  });

  it('is CancelledFailure for a requested cancellation and retryable for a worker shutdown', () => {
    const fault = new PipelineError('CANCELLED', 'job fitModel was cancelled');
    expect(toFailure(fault, stopped({ cancelRequested: true }))).toBeInstanceOf(CancelledFailure);
    expect(toFailure(fault, stopped({ workerShutdown: true }))).toMatchObject({
      type: 'SERVICE_UNAVAILABLE',
      nonRetryable: false,
    });
    expect(toFailure(new CancelledFailure('x'), stopped({ cancelRequested: true }))).toBeInstanceOf(CancelledFailure);
  });

  it('keeps the code of an error that is thrown during a cancellation', () => {
    const fault = new PipelineError('TOO_FEW_ROWS', 'found 3');
    expect(toFailure(fault, stopped({ cancelRequested: true }))).toMatchObject({ type: 'TOO_FEW_ROWS' });
  });

  it('keeps the outages and the time waited for the next attempt', () => {
    const outage = new PipelineError('SERVICE_UNAVAILABLE', 'the database does not answer');
    const one = attemptOf(first, 500);
    expect(toFailure(outage, one)).toMatchObject({ nonRetryable: false, nextRetryDelay: 1000 });
    expect(one.heartbeats).toEqual([{ outages: 1, waitedMs: 1500 }]);
    const two = attemptOf({ ...first, attempt: 2, heartbeatDetails: one.heartbeats[0] }, 500);
    expect(toFailure(outage, two)).toMatchObject({ nonRetryable: false, nextRetryDelay: 2000 });
    expect(two.heartbeats).toEqual([{ outages: 2, waitedMs: 4000 }]);
  });

  it('says how long it waited when the patience is over', () => {
    const late = attemptOf({ ...first, attempt: 9, heartbeatDetails: { outages: 8, waitedMs: 59_000 } }, 2000);
    const failure = toFailure(new PipelineError('STORAGE_FULL', 'no room'), late);
    expect(failure).toMatchObject({ nonRetryable: true, message: 'no room (given up after 61 s)' });
    expect(late.heartbeats).toEqual([]);
  });

  it('sends no heartbeat for a short step', () => {
    const short = attemptOf({ attempt: 1, heartbeatDetails: undefined });
    expect(toFailure(new PipelineError('SERVICE_UNAVAILABLE', 'away'), short)).toMatchObject({ nextRetryDelay: 1000 });
    expect(short.heartbeats).toEqual([]);
  });

  it('does not count a stopped worker as a crash', () => {
    const attempt = stopped({ workerShutdown: true });
    toFailure(new PipelineError('CANCELLED', 'job fitModel was cancelled'), attempt);
    expect(attempt.heartbeats).toEqual([{ outages: 1, waitedMs: 0 }]);
  });

  it('is told to the workflow once an outage, and for no other failure', () => {
    const outage = new PipelineError('SERVICE_UNAVAILABLE', 'away');
    const first = attemptOf();
    expect(isFirstOutage(toFailure(outage, first), first.context)).toBe(true);
    const later = attemptOf({ attempt: 2, heartbeatTimeoutMs: 30_000, heartbeatDetails: first.heartbeats[0] });
    expect(isFirstOutage(toFailure(outage, later), later.context)).toBe(false);
    const short = (attempt: number) => attemptOf({ attempt, heartbeatDetails: undefined });
    expect([1, 2].map((n) => isFirstOutage(toFailure(outage, short(n)), short(n).context))).toEqual([true, false]);
    const crash = toFailure(new PipelineError('CHILD_CRASHED', 'signal SIGKILL'), first);
    expect(isFirstOutage(crash, first.context)).toBe(false);
  });
});
