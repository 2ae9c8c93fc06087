import { connect, constants, createSecureServer } from 'node:http2';
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  Http2SecureServer,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Issued } from './certificates.js';

/** One observed call. */
export interface SeenCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly authorization: string | undefined;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

/** A gRPC error status. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface TlsProxyOptions {
  /** `host:port` of the real server, without TLS. */
  readonly upstream: string;
  readonly server: Issued;
  /** Clients must show a certificate that this authority signed. */
  readonly clientAuthority?: Issued;
  /** A refusal answers the call here; null passes it on. */
  readonly judge?: (call: SeenCall) => Refusal | null;
}

/** Terminates TLS in front of a gRPC server, like a mesh or Temporal Cloud: HTTP/2 only; records calls unchanged. */
export class TlsProxy {
  readonly calls: SeenCall[] = [];
  readonly #server: Http2SecureServer;
  readonly #address: string;
  #upstream: ClientHttp2Session | null = null;
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor({ upstream, server, clientAuthority, judge = () => null }: TlsProxyOptions) {
    this.#address = upstream;
    const { cert, key } = server;
    const mutual = clientAuthority && { ca: clientAuthority.cert, requestCert: true, rejectUnauthorized: true };
    this.#server = createSecureServer({ cert, key, ALPNProtocols: ['h2'], ...mutual });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
    });
    this.#server.on('stream', (stream, headers) => {
      const call = seenCall(stream, headers);
      this.calls.push(call);
      const refusal = judge(call);
      if (refusal === null) forward(stream, this.#reach().request(forwardable(headers)));
      else refuse(stream, refusal);
    });
  }

  static async listen(options: TlsProxyOptions): Promise<TlsProxy> {
    const proxy = new TlsProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** One connection to the real server, opened by the first call that is passed on. */
  #reach(): ClientHttp2Session {
    this.#upstream ??= connect(`http://${this.#address}`).on('error', () => undefined);
    return this.#upstream;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.destroy();
    this.#upstream?.destroy();
    await closed;
  }
}

function seenCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): SeenCall {
  const peer = (stream.session!.socket as TLSSocket).getPeerCertificate();
  return {
    path: String(headers[':path']),
    authorization: headers.authorization,
    client: (peer as { subject?: { CN?: string } }).subject?.CN,
  };
}

/** Without `:authority` and `:scheme`, which the forwarding client sets itself. */
const forwardable = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== ':authority' && name !== ':scheme'));

function refuse(stream: ServerHttp2Stream, { status, message }: Refusal): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  stream.respond(
    { ...headers, 'grpc-status': String(status), 'grpc-message': encodeURIComponent(message) },
    { endStream: true },
  );
}

function forward(stream: ServerHttp2Stream, call: ClientHttp2Stream): void {
  let trailers: IncomingHttpHeaders = {};
  stream.pipe(call);
  call.on('trailers', (found: IncomingHttpHeaders) => void (trailers = found));
  call.on('response', (headers, flags) => {
    if (stream.destroyed || stream.closed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(headers, { endStream, waitForTrailers: !endStream });
    if (!endStream) call.pipe(stream);
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  // A call cancelled on one side is cancelled on the other.
  stream.on('error', () => undefined);
  stream.on('close', () => call.close(constants.NGHTTP2_CANCEL));
  call.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
}
