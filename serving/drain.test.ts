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
