import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { application, createTestApi, routerOfFixture, tokenOf } from '../tests/support/test-api.js';

it('ends a kept connection with its running request when it is stopped', async () => {
  const router = await routerOfFixture();
  let [enter, leave] = [(): void => undefined, (): void => undefined];
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const left = new Promise<void>((resolve) => (leave = resolve));
  const borrow: typeof router.borrow = async (...asked) => {
    enter();
    await left;
    return router.borrow(...asked);
  };
  const app = await createTestApi({ ...router, borrow, table: () => router.table() });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const headers = { authorization: `Bearer ${await tokenOf()}`, 'content-type': 'application/json' };
  const asked = fetch(`${url}/predict/credit-risk`, { method: 'POST', headers, body: JSON.stringify(application) });
  await entered;
  const closed = app.close(); // the keep-alive time of the connection is longer than that of this test
  leave();
  expect((await asked).status).toBe(200);
  await closed;
  router.close();
});

it.each([
  ['on which nothing was asked', () => ''],
  ['whose request is not complete', () => 'POST /predict/credit-risk HTTP/1.1\r\nhost: a\r\n'],
  ['whose request gets no answer', wholeRequest],
])('ends without waiting for a connection %s', async (_, request) => {
  const router = await routerOfFixture();
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const borrow = () => {
    reach();
    return new Promise<never>(() => undefined);
  };
  const drain = { silentMs: 50, longestMs: 300 };
  const app = await createTestApi({ ...router, borrow, table: () => router.table() }, { drain });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const connected = once(app.server, 'connection');
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  await connected;
  client.write(await request());
  if (request === wholeRequest) await reached;
  const ended = once(client, 'close');
  await app.close();
  await ended;
  router.close();
});

async function wholeRequest(): Promise<string> {
  const body = JSON.stringify(application);
  const head = [
    ...['POST /predict/credit-risk HTTP/1.1', 'host: a', `authorization: Bearer ${await tokenOf()}`],
    ...['content-type: application/json', `content-length: ${body.length}`],
  ];
  return [...head, '', body].join('\r\n');
}
