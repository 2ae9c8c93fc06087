import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, freePorts, isFreePort } from './ports.js';

it('returns the preferred port if it is free, else another one', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isFreePort(port)).toBe(false);
  expect(await freePort(port)).not.toBe(port);
  await new Promise((resolve) => server.close(resolve));
  expect(await freePort(port)).toBe(port);
});

it('gives each name a different port even if all prefer the same one', async () => {
  const wanted = await freePort(undefined);
  const names = ['a', 'b', 'c', 'd'] as const;
  const ports = await freePorts(names, { a: wanted, b: wanted, c: wanted });
  expect(ports.a).toBe(wanted);
  expect(new Set(names.map((name) => ports[name])).size).toBe(names.length);
});
