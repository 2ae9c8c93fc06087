import type { WorkflowExecutionDescription } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { countDown, describeWaiting, waitingSteps } from './waiting-steps.js';

const NOW = 1_000_000_000_000;
const seconds = (value: number) => ({ seconds: value, nanos: 0 });

/** A description with these pending activities. */
const withPending = (...pendingActivities: object[]) =>
  ({ raw: { pendingActivities } }) as unknown as Pick<WorkflowExecutionDescription, 'raw'>;

const activityType = { name: 'fitModel' };
const failed = (type: string | null, message: string) => ({
  message,
  ...(type === null ? {} : { applicationFailureInfo: { type } }),
});

const lineOf = (pending: object): readonly string[] => waitingSteps(withPending(pending), NOW).map(describeWaiting);

describe('waitingSteps', () => {
  it('names what is awaited, the attempt, the next try and the reason', () => {
    const message = 'the database at 127.0.0.1:5432 does not answer: connect ECONNREFUSED\nat Socket';
    const pending = {
      activityType,
      state: 1,
      attempt: 7,
      lastFailure: failed('SERVICE_UNAVAILABLE', message),
      currentRetryInterval: seconds(30),
    };
    expect(lineOf(pending)).toEqual([
      'waiting for the database at 127.0.0.1:5432, attempt 7, next try in 30 s: connect ECONNREFUSED',
    ]);
    expect(lineOf({ ...pending, currentRetryInterval: { seconds: 0, nanos: 5e8 } })[0]).toContain('next try in 0.5 s');
    expect(lineOf({ ...pending, state: 2 })[0]).toContain('attempt 7, which runs now: connect');
  });

  it('gives code and message of any other failure, and the server’s own for a lost worker', () => {
    const crashed = { activityType, state: 1, attempt: 2, lastFailure: failed('CHILD_CRASHED', 'signal SIGKILL') };
    expect(lineOf(crashed)).toEqual([
      'waiting to repeat a failed step, attempt 2, next try in 0 s: CHILD_CRASHED: signal SIGKILL',
    ]);
    const lost = { ...crashed, lastFailure: failed(null, 'activity Heartbeat timeout') };
    expect(lineOf(lost)[0]).toContain('WORKER_LOST: activity Heartbeat timeout');
  });

  it('says that no worker takes a step that is queued for more than ten seconds', () => {
    const queued = (age: number) => ({ activityType, state: 1, attempt: 1, scheduledTime: seconds(NOW / 1000 - age) });
    expect(lineOf(queued(11))).toEqual(['waiting for a free worker']);
    expect(lineOf(queued(9))).toEqual([]);
    expect(lineOf({ ...queued(60), state: 2 })).toEqual([]);
    expect(waitingSteps(withPending(), NOW)).toEqual([]);
  });

  it('counts down to the next try', () => {
    const away = failed('SERVICE_UNAVAILABLE', 'the registry does not answer: refused');
    const pending = {
      activityType,
      state: 1,
      attempt: 3,
      lastFailure: away,
      nextAttemptScheduleTime: seconds(NOW / 1000 + 12),
    };
    const shown = (found: object, now: number): readonly string[] =>
      waitingSteps(withPending(found), NOW).map((step) => countDown(step, now));
    expect(shown(pending, NOW + 500)).toEqual(['attempt 3, next try in 12 s: refused (waiting for the registry)']);
    expect(shown(pending, NOW + 60_000)[0]).toContain('next try in 0 s');
    expect(shown({ ...pending, state: 2 }, NOW)[0]).toContain('attempt 3, runs now: refused');
    const queued = { activityType, state: 1, attempt: 1, scheduledTime: seconds(NOW / 1000 - 60) };
    expect(shown(queued, NOW)).toEqual(['waiting for a free worker']);
  });
});
