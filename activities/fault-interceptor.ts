import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import type { PipelineError } from '../contracts/errors.js';
import { messages } from '../contracts/workflows.js';
import { asPipelineFault } from '../platform/outage.js';
import {
  exhausted,
  followsCrash,
  nextAttempt,
  type OutageRecord,
  recordOf,
  recordOfShutdown,
  type RetryLimits,
} from './retry-limits.js';
import { tellRepetition, tellWorkflow } from './tell-workflow.js';

/** The part of an activity's context that is read, and the heartbeat that keeps the record for the next attempt. */
export type FaultContext = Pick<Context, 'cancellationSignal' | 'cancellationDetails' | 'heartbeat'> & {
  readonly info: Pick<Context['info'], 'attempt' | 'heartbeatTimeoutMs' | 'heartbeatDetails'>;
};

/** A failed attempt: what it threw, and how long it took. */
interface FailedAttempt {
  readonly context: FaultContext;
  readonly limits: RetryLimits;
  readonly tookMs: number;
}

/**
 * Any thrown value as a Temporal failure: `type` is the code of the error table, whose `retry` decides with the limits on
 * another attempt; the details are kept.
 */
export function toFailure(fault: unknown, attempt: FailedAttempt): Error {
  if (fault instanceof ApplicationFailure) return fault;
  const known = asPipelineFault(fault);
  const { context } = attempt;
  if (context.cancellationSignal.aborted && (known.code === 'CANCELLED' || fault instanceof CancelledFailure))
    return toCancellation(known.message, context);
  return repeatedWithin(attempt, known);
}

/** The failure with the pause before the next attempt, or without one when the limits are reached. */
function repeatedWithin({ context, limits, tookMs }: FailedAttempt, fault: PipelineError): ApplicationFailure {
  const { code: type, message, details } = fault;
  const next = nextAttempt(type, tookMs, { info: context.info, limits });
  const failure = { type, details: [details], cause: fault };
  if (next.kind === 'none') {
    const explained = next.why === '' ? message : `${message} (${next.why})`;
    return ApplicationFailure.create({ ...failure, message: explained, nonRetryable: true });
  }
  if (next.kind === 'after crash') return ApplicationFailure.create({ ...failure, message, nonRetryable: false });
  keepRecord(context, next.record);
  return ApplicationFailure.create({ ...failure, message, nonRetryable: false, nextRetryDelay: next.pauseMs });
}

/** The worker sends the heartbeat before the failure. A short step has no heartbeats. */
function keepRecord({ info, heartbeat }: FaultContext, record: OutageRecord): void {
  if (info.heartbeatTimeoutMs !== undefined) heartbeat(record);
}

/** A cancellation only when the workflow requested it; when the worker shuts down, a retryable failure. */
function toCancellation(message: string, context: FaultContext): Error {
  if (context.cancellationDetails?.cancelRequested === true) return new CancelledFailure(message);
  keepRecord(context, recordOfShutdown(context.info));
  return ApplicationFailure.retryable('the worker stopped before the step ended', 'SERVICE_UNAVAILABLE');
}

/** Once an outage: each message is an event in the workflow's history. */
export const isFirstOutage = (failure: Error, { info }: Pick<FaultContext, 'info'>): boolean =>
  failure instanceof ApplicationFailure &&
  failure.nextRetryDelay !== undefined &&
  recordOf(info).outages === 0 &&
  (info.heartbeatTimeoutMs !== undefined || info.attempt === 1);

/** Converts what an activity throws with {@link toFailure}; ends a step whose attempts are used up before it begins. */
export const createFaultInterceptor =
  (limits: RetryLimits) =>
  (context: Context): ActivityInterceptors => {
    const inbound: ActivityInboundCallsInterceptor = {
      async execute(input, next) {
        const began = performance.now();
        try {
          const end = exhausted(context.info, limits);
          if (end !== null) throw end;
          if (followsCrash(context.info)) void tellRepetition(context);
          return await next(input);
        } catch (fault) {
          const failure = toFailure(fault, { context, limits, tookMs: performance.now() - began });
          if (isFirstOutage(failure, context)) await tellWorkflow(context, messages.stepWaits, failure.message);
          throw failure;
        }
      },
    };
    return { inbound };
  };
