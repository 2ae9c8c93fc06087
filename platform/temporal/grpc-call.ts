import { connect } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, SecureClientSessionOptions } from 'node:http2';
import { within } from '../embedded/processes/wait.js';
import { readCertificates } from './certificates.js';
import type { TemporalServer } from './server.js';

/** How a call ended: `grpc-status` 0 is success; null when the other side does not speak gRPC. */
export interface GrpcEnding {
  readonly status: number | null;
  readonly message: string;
  readonly httpStatus: number;
}

const ANSWER_MS = 5_000;

/**
 * One unary gRPC call on a connection of its own, of whose answer only the ending is read.
 * Written on node:http2, since the SDK's client takes a second to load and this runs in every `ml` command; and because
 * its errors say what is wrong with a certificate, which the SDK's do not.
 * @param path - `/package.Service/Method`.  @param request - The encoded message.
 * @throws PipelineError `INVALID_CONFIG` for a certificate file. Error (of Node) when there is no connection.
 */
export async function callGrpc(server: TemporalServer, path: string, request: Buffer): Promise<GrpcEnding> {
  const session = connect(`${server.tls === null ? 'http' : 'https'}://${server.address}`, sessionOptions(server));
  try {
    const late = (): Error => new Error(`no answer within ${ANSWER_MS / 1000} s`);
    return await within(exchange(session, headersOf(server, path), frameOf(request)), ANSWER_MS, late);
  } finally {
    session.destroy();
  }
}

function sessionOptions({ tls }: TemporalServer): SecureClientSessionOptions {
  if (tls === null) return {};
  const { authorities, pair } = readCertificates(tls);
  return {
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says: a key may be sent
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
    // Temporal Cloud's regional addresses serve many namespaces and go by this header.
    'temporal-namespace': namespace,
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
}

/** A gRPC frame: not compressed, length in four bytes, message. */
function frameOf(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function exchange(session: ClientHttp2Session, headers: Record<string, string>, body: Buffer): Promise<GrpcEnding> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const request = session.request(headers);
    let found: IncomingHttpHeaders = {};
    const collect = (more: IncomingHttpHeaders): void => void (found = { ...found, ...more });
    request.on('error', reject);
    request.on('response', collect); // a call that fails at once has its ending here
    request.on('trailers', collect);
    request.on('close', () => {
      if (':status' in found) resolve(endingOf(found));
      else reject(new Error('the connection was closed without an answer'));
    });
    request.resume();
    request.end(body);
  });
}

function endingOf(headers: IncomingHttpHeaders): GrpcEnding {
  const text = (name: string): string => String(headers[name] ?? '');
  const status = /^\d+$/.test(text('grpc-status')) ? Number(text('grpc-status')) : null;
  return { status, message: decoded(text('grpc-message')), httpStatus: Number(headers[':status']) };
}

/** gRPC percent-encodes messages. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
