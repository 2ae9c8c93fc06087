import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type AcceptFirst, acceptFirst } from './accept-first.js';

const CLIENTS = 40;

/** A server that accepts one connection in a turn of the event loop, as libuv does. */
const turningServer = (): Server => createServer().removeAllListeners('connection');

/**
 * Accepts a connection a turn, each with a request in the same turn.
 * @returns how many connections were accepted when each request was worked on.
 */
async function acceptInTurns(server: Server, connections: AcceptFirst): Promise<number[]> {
  const seen: number[] = [];
  let accepted = 0;
  while (accepted < CLIENTS) {
    server.emit('connection');
    accepted += 1;
    connections.after(() => seen.push(accepted));
    await nextTurn();
  }
  while (connections.waiting() > 0) await nextTurn();
  return seen;
}

it('works on requests when all connections that came with them are accepted', async () => {
  const server = turningServer();
  expect(await acceptInTurns(server, acceptFirst(server))).toEqual(Array(CLIENTS).fill(CLIENTS));
});

it('lets requests wait for so many connections at most', async () => {
  const server = turningServer();
  const seen = await acceptInTurns(server, acceptFirst(server, 8));
  expect(seen[0]).toBeLessThan(16);
  expect(seen).toHaveLength(CLIENTS);
});

it('works on a request of a connection that was there before at once', async () => {
  const server = turningServer();
  const connections = acceptFirst(server);
  await acceptInTurns(server, connections);
  let hasWorked = false;
  connections.after(() => (hasWorked = true));
  expect(hasWorked).toBe(true);
});

it('answers each of many clients that connect at once', async () => {
  const server = createServer();
  const connections = acceptFirst(server);
  server.on('request', (_, response) => connections.after(() => response.end('answered')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: CLIENTS }, (): Socket => {
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    return client;
  });
  const answers = await Promise.all(clients.map(async (client) => String((await once(client, 'data'))[0])));
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 200 .*answered/s);
  for (const client of clients) client.destroy();
  server.close();
});
