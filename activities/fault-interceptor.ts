import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { asPipelineFault } from '../platform/outage.js';

/**
 * The one place where a fault of the domain becomes the orchestrator's: `type` is the code of the error table, whose
 * row decides on another attempt; details travel along.
 */
export function toFailure(fault: unknown, context: Pick<Context, 'cancellationSignal' | 'cancellationDetails'>): Error {
  if (fault instanceof ApplicationFailure) return fault;
  const { code, message, details, retryable } = asPipelineFault(fault);
  if (context.cancellationSignal.aborted && (code === 'CANCELLED' || fault instanceof CancelledFailure))
    return toCancellation(message, context);
  return ApplicationFailure.create({
    ...{ type: code, message, nonRetryable: !retryable, details: [details] },
    ...(fault instanceof Error ? { cause: fault } : {}),
  });
}

/** Only a request of the workflow is a cancellation; a worker that shuts down leaves the step to the next attempt. */
function toCancellation(message: string, { cancellationDetails }: Pick<Context, 'cancellationDetails'>): Error {
  if (cancellationDetails?.cancelRequested === true) return new CancelledFailure(message);
  return ApplicationFailure.retryable('the worker stopped before the step ended', 'SERVICE_UNAVAILABLE');
}

/** Translates the faults of every activity of a worker. */
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
