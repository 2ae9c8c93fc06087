import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { within } from '../processes/wait.js';

const SERVING = 1;
const PING_MS = 5_000;
/** One uncompressed gRPC message of length 0: HealthCheckRequest without a service name. */
const EMPTY_REQUEST = Buffer.alloc(5);

/**
 * Asks a Temporal frontend through the standard gRPC health service whether it serves.
 * Written on node:http2, since the SDK's client takes seconds to load and this runs in every `ml` command.
 * @param address - `host:port`, without TLS.
 * @throws Error (a plain one, for the caller to word) when it does not answer, or answers anything but SERVING.
 */
export async function pingTemporal(address: string): Promise<void> {
  const session = connect(`http://${address}`);
  try {
    const late = (): Error => new Error(`no answer within ${PING_MS / 1000} s`);
    const status = await within(healthStatus(session), PING_MS, late);
    if (status !== SERVING) throw new Error(`health status ${status}, wanted ${SERVING} (SERVING)`);
  } finally {
    session.destroy();
  }
}

function healthStatus(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.once('error', reject);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(statusOf(Buffer.concat(chunks))));
    request.end(EMPTY_REQUEST);
  });
}

/** HealthCheckResponse: after the 5-byte frame header, field 1 (tag 0x08) holds the status as a one-byte varint. */
const statusOf = (frame: Buffer): number => (frame.length >= 7 && frame[5] === 0x08 ? (frame[6] ?? 0) : 0);
