import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { asPipelineFault } from '../platform/outage.js';

/**
 * Any thrown value as a Temporal failure: `type` is the code of the error table, whose `retryable` decides on another
 * attempt; the details are kept.
 */
export function toFailure(fault: unknown, context: Pick<Context, 'cancellationSignal' | 'cancellationDetails'>): Error {
  if (fault instanceof ApplicationFailure) return fault;
  const { code, message, details, retryable } = asPipelineFault(fault);
  if (context.cancellationSignal.aborted && (code === 'CANCELLED' || fault instanceof CancelledFailure))
    return toCancellation(message, context);
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: !retryable,
    details: [details],
    ...(fault instanceof Error ? { cause: fault } : {}),
  });
}

/** A cancellation only when the workflow requested it; when the worker shuts down, a retryable failure. */
function toCancellation(message: string, { cancellationDetails }: Pick<Context, 'cancellationDetails'>): Error {
  if (cancellationDetails?.cancelRequested === true) return new CancelledFailure(message);
  return ApplicationFailure.retryable('the worker stopped before the step ended', 'SERVICE_UNAVAILABLE');
}

/** Converts what an activity throws with {@link toFailure}. */
export const faultInterceptor = (context: Context): ActivityInterceptors => {
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (fault) {
        throw toFailure(fault, context);
      }
    },
  };
  return { inbound };
};
