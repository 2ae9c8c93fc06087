import type { Socket } from 'node:net';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { problemOf } from './problem.js';

/** Bytes of the head of a request, as Node's parser takes them at most. */
export const HEAD_LIMIT_BYTES = 16_384;

interface Refusal {
  readonly status: string;
  readonly error: PipelineError;
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return {
      status: '431 Request Header Fields Too Large',
      error: pipelineError('REQUEST_TOO_LARGE', { limitBytes: HEAD_LIMIT_BYTES }),
    };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return {
      status: '408 Request Timeout',
      error: new PipelineError('INVALID_INPUT', 'the request did not arrive in time'),
    };
  return { status: '400 Bad Request', error: new PipelineError('INVALID_INPUT', 'the request is not valid HTTP/1.1') };
}

/** Answers what is no HTTP request, has too long a head or does not end, which no route ever sees. */
export function refuseUnreadable({ code }: { readonly code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, error } = refusalOf(code);
  const body = JSON.stringify({ ...problemOf(error), status: Number(status.slice(0, 3)) });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}
