import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AcceptFirst, acceptFirst } from './accept-first.js';

const CLIENTS = 40;
let server: Server;
let clients: Socket[];
let accepted: number;

beforeEach(async () => {
  accepted = 0;
  server = createServer();
  server.on('connection', () => (accepted += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.close();
});

/** Clients that all ask at once. @returns how many connections were accepted when each request was worked on. */
async function askAtOnce(connections: AcceptFirst): Promise<number[]> {
  const seen: number[] = [];
  const { port } = server.address() as AddressInfo;
  const worked = new Promise<void>((resolve) =>
    server.on('request', (_, response) =>
      connections.after(() => {
        seen.push(accepted);
        response.end();
        if (seen.length === CLIENTS) resolve();
      }),
    ),
  );
  clients = Array.from({ length: CLIENTS }, () => {
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    return client;
  });
  await worked;
  return seen;
}

it('works on requests when all connections that came with them are accepted', async () => {
  const connections = acceptFirst(server);
  expect(await askAtOnce(connections)).toEqual(Array(CLIENTS).fill(CLIENTS));
  expect(connections.waiting()).toBe(0);
});

it('lets requests wait for so many connections at most', async () => {
  const seen = await askAtOnce(acceptFirst(server, 8));
  expect(seen[0]).toBeLessThan(16);
  expect(seen).toHaveLength(CLIENTS);
});

it('works on a request of a connection that was there before at once', async () => {
  const connections = acceptFirst(server);
  await askAtOnce(connections);
  let hasWorked = false;
  connections.after(() => (hasWorked = true));
  expect(hasWorked).toBe(true);
});
