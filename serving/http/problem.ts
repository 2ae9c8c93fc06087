import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorTable, PipelineError, pipelineError } from '../../contracts/errors.js';
import { asPipelineFault } from '../../platform/outage.js';

/** Problem details of RFC 9457, with the error's code. */
export interface Problem {
  readonly type: string;
  /** What the code means in general. */
  readonly title: string;
  readonly status: number;
  /** What was found and wanted this time; never a value of the request. */
  readonly detail: string;
  readonly code: ErrorCode;
  /** Id of the request, which stands in the log too. */
  readonly instance?: string;
  /** Faults of single fields of the input. */
  readonly fields?: readonly string[];
}

/** Seconds after which a caller may try again what a service's outage has refused. */
export const RETRY_AFTER_SECONDS = 5;

const fieldsOf = ({ details }: PipelineError): Pick<Problem, 'fields'> =>
  Array.isArray(details.fields) ? { fields: details.fields as readonly string[] } : {};

/** An internal fault is described in the log, not to callers. */
const detailOf = ({ code, message }: PipelineError): string =>
  code === 'INTERNAL' ? 'a fault in this program; the log has it under this request id' : message;

/** The problem that an error is for a caller. @param requestId - absent for one row of a batch. */
export function problemOf(fault: unknown, requestId?: string): Problem {
  const error = asPipelineFault(fault);
  const { status, meaning } = errorTable[error.code];
  return {
    type: `urn:ml-services:error:${error.code}`,
    title: meaning,
    status,
    detail: detailOf(error),
    code: error.code,
    ...(requestId === undefined ? {} : { instance: requestId }),
    ...fieldsOf(error),
  };
}

/** Fastify's errors about a request as ours. Its texts may quote the body, so they are not passed on. */
function ofHttpLayer({ code, statusCode }: FastifyError, limitBytes: number): PipelineError | null {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return pipelineError('REQUEST_TOO_LARGE', { limitBytes });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return pipelineError('UNSUPPORTED_MEDIA_TYPE', { wanted: 'application/json' });
  if (code === 'FST_ERR_BAD_URL') return new PipelineError('INVALID_INPUT', 'the address is not valid UTF-8, encoded');
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return null;
  const finding = code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'is empty' : 'is not valid JSON';
  return new PipelineError('INVALID_INPUT', `the body ${finding}; wanted an object`);
}

const retryAfterOf = (error: Error): number =>
  error instanceof PipelineError && typeof error.details.retryAfterSeconds === 'number'
    ? error.details.retryAfterSeconds
    : RETRY_AFTER_SECONDS;

/** Answers a request that failed, and logs what is no fault of the caller's. */
export function replyWithProblem(fault: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { bodyLimit } = request.routeOptions;
  const error = ofHttpLayer(fault, bodyLimit) ?? fault;
  const problem = problemOf(error, request.id);
  const { status, code } = problem;
  if (status >= 500) request.log.error({ err: fault, code, reqId: request.id }, 'request failed');
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  if (status === 503 || status === 429) void reply.header('retry-after', retryAfterOf(error));
  return reply.code(status).type('application/problem+json').send(problem);
}
