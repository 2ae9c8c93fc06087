import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  RetryState,
} from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { faultOf, isDataFault, isOutage } from './failures.js';

const cause = ApplicationFailure.nonRetryable('found 3 rows, wanted 100', 'TOO_FEW_ROWS');
const state = RetryState.NON_RETRYABLE_FAILURE;
const ofActivity = new ActivityFailure('failed', 'fitModel', '7', state, 'worker', cause);
const ofChild = new ChildWorkflowFailure('default', { workflowId: 'w' }, 'trainModel', state, ofActivity);

describe('faultOf', () => {
  it.each([cause, ofActivity, ofChild])('takes code and message from the innermost cause', (failure) => {
    expect(faultOf(failure)).toEqual({ code: 'TOO_FEW_ROWS', message: 'found 3 rows, wanted 100' });
  });

  it('maps a cancellation to CANCELLED', () => {
    const ofCancelled = new ChildWorkflowFailure(
      'default',
      { workflowId: 'w' },
      'trainModel',
      state,
      new CancelledFailure('asked to stop'),
    );
    expect(faultOf(ofCancelled)).toEqual({ code: 'CANCELLED', message: 'asked to stop' });
  });

  it('maps any other error to INTERNAL', () => {
    expect(faultOf(new TypeError('x'))).toEqual({ code: 'INTERNAL', message: 'x' });
    expect(faultOf('text')).toEqual({ code: 'INTERNAL', message: 'text' });
  });
});

describe('isDataFault', () => {
  it('is true for TOO_FEW_ROWS and false for SERVICE_UNAVAILABLE', () => {
    expect(isDataFault(faultOf(ofChild))).toBe(true);
    expect(isDataFault({ code: 'SERVICE_UNAVAILABLE', message: '' })).toBe(false);
  });
});

describe('isOutage', () => {
  it('is true for what is retried by time, and false for crashes, bad data and unknown codes', () => {
    const of = (code: string) => isOutage({ code, message: '' });
    expect(['SERVICE_UNAVAILABLE', 'STORAGE_FULL'].map(of)).toEqual([true, true]);
    expect(['CHILD_CRASHED', 'TOO_FEW_ROWS', 'CANCELLED', 'TIMEOUT OF TEMPORAL'].map(of)).toEqual(Array(4).fill(false));
  });
});
