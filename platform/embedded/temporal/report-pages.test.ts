import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../processes/ports.js';
import { pageHashOf, pagesIn, REPORTS_PATH } from './report-pages.js';
import { startUiGateway, type UiGateway } from './ui-gateway.js';

const hashOf = (digit: string): string => digit.repeat(64);
const stored: ReadonlyMap<string, string> = new Map([
  [hashOf('a'), '<!doctype html><p>a card</p>'],
  [hashOf('b'), '{"kind":"quality-report","passed":false}'],
  [hashOf('c'), '{"kind":"snapshot"}'],
  [hashOf('d'), '{broken'],
  [hashOf('e'), 'PAR1'],
]);

const blobs = {
  has: (hash: string) => Promise.resolve(stored.has(hash)),
  get: (hash: string) => Promise.resolve(new TextEncoder().encode(stored.get(hash))),
};

describe('a page beside the UI', () => {
  const token = 'a'.repeat(48);
  const target = createServer((received, response) => response.end(`UI ${received.url}`));
  let port = 0;
  let gateway: UiGateway;

  beforeAll(async () => {
    const [here, there] = [await freePort(undefined), await freePort(undefined)];
    await new Promise<void>((resolve) => target.listen(there, '127.0.0.1', resolve));
    port = here;
    gateway = await startUiGateway({ port, target: there, allowedHosts: [], token, findPage: pagesIn(blobs) });
  });
  afterAll(async () => {
    await gateway.close();
    target.close();
  });

  const open = (path: string, cookie = `ml_services_ui_${port}=${token}`) =>
    new Promise<{ status: number; policy: string; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { cookie } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const policy = String(response.headers['content-security-policy'] ?? '');
          resolve({ status: response.statusCode ?? 0, policy, body: Buffer.concat(chunks).toString('utf8') });
        });
      })
        .on('error', reject)
        .end();
    });

  it.each(['a', 'b'])(
    'is a card or a data report, without scripts and with an origin of its own (%s)',
    async (digit) => {
      const page = await open(`${REPORTS_PATH}${hashOf(digit)}`);
      expect(page).toMatchObject({ status: 200, body: stored.get(hashOf(digit)) });
      expect(page.policy).toMatch(/^sandbox allow-popups; default-src 'none'/);
    },
  );

  it.each(['c', 'd', 'e', 'f'])('is no other blob, nor one that is not there (%s)', async (digit) => {
    expect(await open(`${REPORTS_PATH}${hashOf(digit)}`)).toMatchObject({ status: 404 });
  });

  it('needs an admitted browser', async () => {
    expect((await open(`${REPORTS_PATH}${hashOf('a')}`, '')).status).toBe(403);
  });

  it('is found by a whole hash only; every other path is the UI', async () => {
    expect((await open('/reports/abc')).body).toBe('UI /reports/abc');
    expect(pageHashOf(`${REPORTS_PATH}${hashOf('a')}/x`)).toBeNull();
  });
});
