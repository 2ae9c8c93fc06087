import { connect } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, SecureClientSessionOptions } from 'node:http2';
import { within } from '../embedded/processes/wait.js';
import { readCertificates } from './certificates.js';
import type { TemporalServer } from './server.js';

/** Status of a call: 0 is success, null means that the response is not gRPC. */
export interface GrpcResult {
  readonly status: number | null;
  readonly message: string;
  readonly httpStatus: number;
  /** The encoded response message; empty when the call failed. */
  readonly body: Buffer;
}

const ANSWER_MS = 5_000;

/**
 * One unary gRPC call on a new connection.
 * Uses node:http2 because the SDK's client takes a second to load and every `ml` command makes this call, and because
 * Node's errors name what is wrong with a certificate.
 * @param path - `/package.Service/Method`.  @param request - The encoded message.
 * @throws PipelineError `INVALID_CONFIG` for a certificate file. Node's Error when the connection fails.
 */
export async function callGrpc(server: TemporalServer, path: string, request: Buffer): Promise<GrpcResult> {
  const session = connect(`${server.tls === null ? 'http' : 'https'}://${server.address}`, sessionOptions(server));
  try {
    const timeout = (): Error => new Error(`no answer within ${ANSWER_MS / 1000} s`);
    return await within(exchange(session, headersOf(server, path), frameOf(request)), ANSWER_MS, timeout);
  } finally {
    session.destroy();
  }
}

function sessionOptions({ tls }: TemporalServer): SecureClientSessionOptions {
  if (tls === null) return {};
  const { authorities, pair } = readCertificates(tls);
  return {
    rejectUnauthorized: true, // overrides NODE_TLS_REJECT_UNAUTHORIZED, because an API key may be sent
    ...(authorities === null ? {} : { ca: authorities }),
    ...(pair === null ? {} : { cert: pair.certificate, key: pair.key }),
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
  };
}

function headersOf({ namespace, apiKey, tls }: TemporalServer, path: string): Record<string, string> {
  const serverName = tls?.serverName ?? null;
  return {
    ':method': 'POST',
    ':path': path,
    ...(serverName === null ? {} : { ':authority': serverName }),
    'content-type': 'application/grpc',
    te: 'trailers',
    // Temporal Cloud's regional addresses serve many namespaces and select one by this header.
    'temporal-namespace': namespace,
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
}

/** Bytes before the message of a gRPC frame. */
const FRAME_HEAD = 5;

/** A gRPC frame: a zero byte (not compressed), the length in four bytes, the message. */
function frameOf(message: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function exchange(session: ClientHttp2Session, headers: Record<string, string>, body: Buffer): Promise<GrpcResult> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const request = session.request(headers);
    let received: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const collect = (more: IncomingHttpHeaders): void => void (received = { ...received, ...more });
    request.on('error', reject);
    request.on('response', collect); // contains the gRPC status when a call fails immediately
    request.on('trailers', collect);
    request.on('close', () => {
      if (':status' in received) resolve(resultOf(received, Buffer.concat(chunks)));
      else reject(new Error('the connection was closed without an answer'));
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.end(body);
  });
}

function resultOf(headers: IncomingHttpHeaders, frame: Buffer): GrpcResult {
  const text = (name: string): string => String(headers[name] ?? '');
  const status = /^\d+$/.test(text('grpc-status')) ? Number(text('grpc-status')) : null;
  const httpStatus = Number(headers[':status']);
  return { status, message: decoded(text('grpc-message')), httpStatus, body: frame.subarray(FRAME_HEAD) };
}

/** Decodes gRPC's percent-encoded message; a malformed one is returned unchanged. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
