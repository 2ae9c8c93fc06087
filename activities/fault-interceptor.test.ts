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
});
