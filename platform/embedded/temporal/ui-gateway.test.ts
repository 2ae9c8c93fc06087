import type { IncomingHttpHeaders } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../processes/ports.js';
import { admittingUrl, refusalOf, startUiGateway } from './ui-gateway.js';

const token = 'a'.repeat(48);
let port = 0;
let close: () => Promise<void>;
let forwarded: IncomingHttpHeaders[] = [];

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** node:http, because fetch does not send a Host or Origin of the caller's choice. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end(method === 'GET' ? undefined : '{}');
  });
}

beforeAll(async () => {
  const target = createServer((received, response) => {
    forwarded.push(received.headers);
    response.setHeader('set-cookie', '_csrf=x; Path=/; SameSite=Strict').end(`${received.method} ${received.url}`);
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  port = await freePort(undefined);
  const targetPort = (target.address() as AddressInfo).port;
  const gateway = await startUiGateway({ port, target: targetPort, allowedHosts: ['ml.example'], token });
  close = async () => {
    await gateway.close();
    target.close();
  };
});
afterAll(() => close());

const cookie = (): string => `ml_services_ui_${port}=${token}`;

describe('admission', () => {
  it('refuses a browser without the token', async () => {
    forwarded = [];
    expect(await ask('/')).toMatchObject({ status: 403, body: expect.stringContaining('ml status') as string });
    expect((await ask('/?token=wrong')).status).toBe(403);
    expect((await ask('/', { cookie: `ml_services_ui_${port}=wrong` })).status).toBe(403);
    expect(forwarded).toEqual([]);
  });

  it('exchanges the token in the address for a cookie and leads on to the same page without it', async () => {
    const { pathname, search } = new URL(admittingUrl(port, token));
    const { status, headers } = await ask(`${pathname}namespaces/default${search}&x=1`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/namespaces/default?x=1');
    expect(headers['set-cookie']?.[0]).toContain(`${cookie()}; HttpOnly; SameSite=Lax; Path=/`);
  });

  it('does not lead on to another host', async () => {
    expect((await ask(`//evil.example/?token=${token}`)).headers.location).toBe('/evil.example/');
    expect((await ask(`/\\evil.example/?token=${token}`)).headers.location).toBe('/evil.example/');
  });

  it('forwards requests with the cookie, and keeps the cookie to itself', async () => {
    forwarded = [];
    const answer = await ask('/api/v1/settings?a=b', { cookie: `_csrf=x; ${cookie()}`, authorization: 'Bearer x' });
    expect(answer).toMatchObject({ status: 200, body: 'GET /api/v1/settings?a=b' });
    expect(answer.headers['set-cookie']).toEqual(['_csrf=x; Path=/; SameSite=Strict']);
    expect(forwarded[0]).toMatchObject({ cookie: '_csrf=x' });
    expect(forwarded[0]).not.toHaveProperty('authorization');
  });
});

describe('Host and Origin', () => {
  const origin = (): string => `http://127.0.0.1:${port}`;

  it.each(['evil.example', 'evil.example:8233', '127.0.0.1.evil.example', '[::2]'])(
    'refuses the host "%s", as of a page whose name resolves to this machine',
    async (host) => {
      expect((await ask('/', { host, cookie: cookie() })).status).toBe(403);
    },
  );

  it('refuses a request without a host', () => {
    expect(refusalOf({ method: 'GET', headers: {} }, { allowedHosts: [] })).toContain('UI_ALLOWED_HOSTS');
  });

  it.each(['localhost:1', '[::1]:8233', 'ml.example', 'ML.example:443'])('admits the host "%s"', async (host) => {
    expect((await ask('/', { host, cookie: cookie() })).status).toBe(200);
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
    'refuses a request from the origin %s',
    async (from) => {
      expect((await ask('/', { origin: from, cookie: cookie() }, 'POST')).status).toBe(403);
      expect((await ask('/', { origin: from, cookie: cookie() })).status).toBe(403);
    },
  );

  it('refuses a change without an origin and forwards one from its own pages', async () => {
    expect((await ask('/', { cookie: cookie() }, 'POST')).status).toBe(403);
    expect(await ask('/x', { origin: origin(), cookie: cookie() }, 'POST')).toMatchObject({ body: 'POST /x' });
    const behindTls = { method: 'POST', headers: { host: 'ml.example', origin: 'https://ml.example' } };
    expect(refusalOf(behindTls, { allowedHosts: ['ml.example'] })).toBeNull();
  });
});

it('answers 502 while the server behind it is away', async () => {
  const [here, nowhere] = [await freePort(undefined), await freePort(undefined)];
  const gateway = await startUiGateway({ port: here, target: nowhere, allowedHosts: [], token });
  const answer = await fetch(`http://127.0.0.1:${here}/`, { headers: { cookie: `ml_services_ui_${here}=${token}` } });
  expect(answer.status).toBe(502);
  await gateway.close();
});
