import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:http';
import { type FindPage, pageHashOf, sendPage } from './report-pages.js';

/** Where the gateway listens, what is behind it and whom it admits. */
export interface UiGatewayOptions {
  /** Port of 127.0.0.1 that browsers use. */
  readonly port: number;
  /** Port of 127.0.0.1 at which the UI's own server listens. */
  readonly target: number;
  /** Host names, without port, admitted in addition to those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Stored pages, such as model cards, served below `REPORTS_PATH`; absent: none. */
  readonly findPage?: FindPage;
  /** Secret that a browser shows once in the address and then as a cookie. */
  readonly token: string;
}

/** A gateway that listens. */
export interface UiGateway {
  close(): Promise<void>;
}

/** Query parameter of the first address a browser opens. */
export const TOKEN_PARAMETER = 'token';

const localHosts = ['127.0.0.1', 'localhost', '[::1]'];
/** `cookie` is composed anew; at an `authorization` the UI skips its own check against forged requests. */
const notForwarded = ['authorization', 'cookie'];
const COOKIE_SECONDS = 365 * 24 * 3600;
/** Headers of one connection, which a gateway does not pass on. */
const connectionHeaders = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Listens before the UI of the Temporal server, which checks neither Host nor Origin, and forwards what passes:
 * - Host names this machine or an allowed host, so that a web page whose name resolves to 127.0.0.1 is refused;
 * - Origin, where a browser sends one, is the Host's, and a request that changes something has one;
 * - the cookie holds the token. The address with the token sets it and leads on to the address without.
 * @throws Error of Node's when the port cannot be listened on.
 */
export async function startUiGateway(options: UiGatewayOptions): Promise<UiGateway> {
  const server = createServer((request, response) => answer(options, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port }, resolve);
  });
  return { close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The address that admits a browser: with the token. */
export function admittingUrl(port: number, token: string): string {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set(TOKEN_PARAMETER, token);
  return url.href;
}

function answer(options: UiGatewayOptions, request: IncomingMessage, response: ServerResponse): void {
  const refusal = refusalOf(request, options);
  if (refusal !== null) refuse(response, refusal);
  else if (hasCookie(request, options)) serve(options, request, response);
  else if (showsToken(request, options)) admit(options, request, response);
  else refuse(response, NOT_ADMITTED);
}

const NOT_ADMITTED =
  'This browser has not been admitted to the Temporal UI of this installation. Open the address that `ml status` prints.';

/** Why a request is refused whatever token it shows; null when it is not. */
export function refusalOf(
  { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { allowedHosts }: Pick<UiGatewayOptions, 'allowedHosts'>,
): string | null {
  const { host = '', origin } = headers;
  if (!isAdmittedHost(host, allowedHosts))
    return 'The name in the address is not one of this machine, nor one of the setting UI_ALLOWED_HOSTS.';
  if (origin !== undefined && !isOriginOf(origin, host)) return 'The request comes from a page of another origin.';
  const changes = method !== 'GET' && method !== 'HEAD';
  if (changes && origin === undefined) return 'A request that changes something must name its origin.';
  return null;
}

function isAdmittedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return localHosts.includes(name) || allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/** A page behind a proxy with TLS has the scheme https while the gateway sees http, so schemes are not compared. */
const isOriginOf = (origin: string, host: string): boolean =>
  /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '').toLowerCase() === host.toLowerCase();

/** Cookies are shared by all ports of a host: the name keeps two installations apart. */
const cookieName = (port: number): string => `ml_services_ui_${port}`;

function hasCookie({ headers }: IncomingMessage, { port, token }: UiGatewayOptions): boolean {
  const start = `${cookieName(port)}=`;
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.some((cookie) => cookie.startsWith(start) && isSame(cookie.slice(start.length), token));
}

const isSame = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** The request's address; the base is never used. */
const urlOf = ({ url = '/' }: IncomingMessage): URL => new URL(`http://ui${url.startsWith('/') ? url : '/'}`);

function showsToken(request: IncomingMessage, { token }: UiGatewayOptions): boolean {
  return request.method === 'GET' && isSame(urlOf(request).searchParams.get(TOKEN_PARAMETER) ?? '', token);
}

/** Sets the cookie and leads on to the address without the token, which then stands neither in history nor referrer. */
function admit({ port, token }: UiGatewayOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = urlOf(request);
  url.searchParams.delete(TOKEN_PARAMETER);
  response.writeHead(303, {
    location: `${url.pathname.replace(/^\/+/, '/')}${url.search}`,
    'set-cookie': `${cookieName(port)}=${token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${COOKIE_SECONDS}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end();
}

function refuse(response: ServerResponse, reason: string): void {
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${reason}\n`);
}

function serve(options: UiGatewayOptions, request: IncomingMessage, response: ServerResponse): void {
  const hash = options.findPage === undefined ? null : pageHashOf(urlOf(request).pathname);
  if (hash === null || request.method !== 'GET') pass(options, request, response);
  else void sendPage(options.findPage!, hash, response);
}

function pass({ port, target }: UiGatewayOptions, request: IncomingMessage, response: ServerResponse): void {
  const headers = forwarded(request, port);
  const upstream = forward({ host: '127.0.0.1', port: target, method: request.method, path: request.url, headers });
  upstream.on('response', (answered) => {
    const received = Object.entries(answered.headers).filter(([name]) => !connectionHeaders.includes(name));
    response.writeHead(answered.statusCode ?? 502, Object.fromEntries(received));
    answered.pipe(response);
  });
  upstream.on('error', () => {
    if (response.headersSent) response.destroy();
    else
      response
        .writeHead(502, { 'content-type': 'text/plain' })
        .end('The Temporal server does not answer; see `ml status`.\n');
  });
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** The browser's headers without the token's cookie. */
function forwarded({ headers }: IncomingMessage, port: number): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    (header): header is [string, string | string[]] =>
      header[1] !== undefined && !notForwarded.includes(header[0]) && !connectionHeaders.includes(header[0]),
  );
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  const others = cookies.filter((cookie) => cookie !== '' && !cookie.startsWith(`${cookieName(port)}=`));
  const cookie: [string, string][] = others.length === 0 ? [] : [['cookie', others.join('; ')]];
  return Object.fromEntries([...kept, ...cookie]);
}
