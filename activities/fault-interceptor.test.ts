import { ActivityCancellationDetails, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contracts/errors.js';
import { toFailure } from './fault-interceptor.js';

const running = { cancellationSignal: new AbortController().signal, cancellationDetails: undefined };
const stopped = (details: ConstructorParameters<typeof ActivityCancellationDetails>[0]) => ({
  cancellationSignal: AbortSignal.abort(),
  cancellationDetails: new ActivityCancellationDetails(details),
});

describe('toFailure', () => {
  it('keeps code, message and details; the table decides on another attempt', () => {
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

  it('repeats what failed because a service went away, however deep that is reported', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const fault of [refused, new AggregateError([refused]), new Error('query failed', { cause: refused })])
      expect(toFailure(fault, running)).toMatchObject({ type: 'SERVICE_UNAVAILABLE', nonRetryable: false });
  });

  it('does not repeat a fault of the program', () => {
    expect(toFailure(new TypeError('x is not a function'), running)).toMatchObject({
      type: 'INTERNAL',
      nonRetryable: true,
    });
  });

  it('leaves failures alone that are the orchestrator’s already', () => {
    const failure = ApplicationFailure.retryable('later', 'CONFLICT');
    expect(toFailure(failure, running)).toBe(failure);
  });

  it('reports a requested cancellation as one, and a stopping worker as another attempt', () => {
    const fault = new PipelineError('CANCELLED', 'job fitModel was cancelled');
    expect(toFailure(fault, stopped({ cancelRequested: true }))).toBeInstanceOf(CancelledFailure);
    expect(toFailure(fault, stopped({ workerShutdown: true }))).toMatchObject({
      type: 'SERVICE_UNAVAILABLE',
      nonRetryable: false,
    });
    expect(toFailure(new CancelledFailure('x'), stopped({ cancelRequested: true }))).toBeInstanceOf(CancelledFailure);
  });

  it('does not take a real fault for a cancellation that came at the same time', () => {
    const fault = new PipelineError('TOO_FEW_ROWS', 'found 3');
    expect(toFailure(fault, stopped({ cancelRequested: true }))).toMatchObject({ type: 'TOO_FEW_ROWS' });
  });
});
