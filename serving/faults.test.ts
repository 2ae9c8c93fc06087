import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { application, call, createTestApi, predict, routerOfFixture, tokenOf } from '../tests/support/test-api.js';
import type { Router } from './routing/router.js';

/* Requests that no client should send, some over a real socket. After each the API answers as before. */

let router: Router;
let app: FastifyInstance;

beforeAll(async () => {
  router = await routerOfFixture();
  app = await createTestApi(router);
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  router.close();
});

const open = (): Socket =>
  connect((app.server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);

async function raw(request: string): Promise<{ status: number; body: { code?: string } }> {
  const socket = open();
  socket.write(request);
  const answered = await text(socket);
  const [head, body] = answered.split('\r\n\r\n', 2);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head!)?.[1]), body: JSON.parse(body!) as { code?: string } };
}

const head = (...lines: readonly string[]): string =>
  ['POST /predict/credit-risk HTTP/1.1', 'host: x', 'connection: close', ...lines, '', ''].join('\r\n');

describe('a request that cannot be read', () => {
  it.each([
    ['a token of a megabyte', head(`authorization: Bearer ${'x'.repeat(2 ** 20)}`), 431, 'REQUEST_TOO_LARGE'],
    ['no HTTP', 'hello\r\n\r\n', 400, 'INVALID_INPUT'],
    ['a second length', head('content-length: 1', 'content-length: 2'), 400, 'INVALID_INPUT'],
  ])('is refused with a problem: %s', async (_, request, status, code) => {
    const answered = await raw(request);
    expect([answered.status, answered.body.code]).toEqual([status, code]);
    expect((await predict(app, application)).status).toBe(200);
  });

  it('of a token of 9,000 characters is unauthenticated', async () => {
    const answered = await raw(head(`authorization: Bearer ${'x'.repeat(9_000)}`));
    expect([answered.status, answered.body.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('a body', () => {
  it.each([
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(10_000_000)), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['announced as 100 MB', { 'content-length': String(100 * 2 ** 20) }, '{}', '413 REQUEST_TOO_LARGE'],
    ['with half a character', {}, '{"kind":"\\ud800"}', '400 INVALID_INPUT'],
  ])('%s is refused', async (_, headers, payload, refusal) => {
    const answered = await predict(app, payload, { headers: { 'content-type': 'application/json', ...headers } });
    expect(`${answered.status} ${answered.body().code}`).toBe(refusal);
  });

  it.each(['%ED%A0%80', '%E0%A4%A', '%'])('with %s in its address is refused with a problem', async (part) => {
    const answered = await call(app, `/features/credit-risk/${part}`);
    expect([answered.status, answered.body().code]).toEqual([400, 'INVALID_INPUT']);
    expect(answered.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answered.text).not.toContain(part);
  });
});

describe('a body without an end', () => {
  it('is refused once it is over the limit, unread', async () => {
    const socket = open();
    const authorization = `authorization: Bearer ${await tokenOf()}`;
    socket.write(head(authorization, 'content-type: application/json', 'transfer-encoding: chunked'));
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    let sent = 0;
    const flood = setInterval(() => socket.writable && socket.write(chunk) && (sent += 0x10000), 1);
    const answered = await text(socket);
    clearInterval(flood);
    expect(answered).toMatch(/^HTTP\/1\.1 413 /);
    expect(answered).toMatch(/REQUEST_TOO_LARGE/);
    expect(sent).toBeLessThan(100 * 2 ** 20);
    expect((await predict(app, application)).status).toBe(200);
  });
});

describe('a client that hangs up', () => {
  const inFlight = async (): Promise<string | undefined> =>
    /ml_queue_depth (\d+)/.exec((await call(app, '/metrics', { scopes: ['metrics'] })).text)?.[1];

  it('midway through its body leaves nothing behind', async () => {
    const authorization = `authorization: Bearer ${await tokenOf()}`;
    const sockets = Array.from({ length: 20 }, () => {
      const socket = open();
      socket.write(`${head(authorization, 'content-type: application/json', 'content-length: 2000')}{"kind":`);
      return socket;
    });
    await expect.poll(inFlight).not.toBe('0');
    for (const socket of sockets) socket.destroy();
    await expect.poll(inFlight).toBe('0');
    expect((await predict(app, application)).status).toBe(200);
  });
});
