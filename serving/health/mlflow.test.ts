import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportHealth } from './health-report.js';
import { mlflowServer } from './mlflow.js';
import { watchServices } from './watch-services.js';

let server: Server | null = null;
const asked: { url: string | undefined; authorization: string | undefined }[] = [];

/** A server that answers with this status; null: never. @returns its address with credentials. */
async function answering(status: number | null): Promise<string> {
  server = createServer(({ url, headers: { authorization } }, response) => {
    asked.push({ url, authorization });
    if (status !== null) response.writeHead(status).end('OK');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  asked.length = 0;
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** Health of the API with this MLflow, as seen once. */
async function healthWith(uri: string) {
  const onChange = vi.fn();
  const registry = { name: 'registry', ping: () => Promise.resolve() };
  const watch = watchServices([registry, mlflowServer(uri)], onChange);
  await watch.look();
  const report = reportHealth({
    router: { table: () => ({ routes: [], source: 'backend' }) as never, failures: () => [], isReady: () => true },
    models: [],
    freshness: () => [],
    services: () => watch.health(),
    log: { status: () => ({ status: 'ok', waiting: 0, dropped: 0, spooled: 0 }) },
    admission: { inFlight: () => 0, limit: () => 64 },
    isStopping: () => false,
  });
  return { report, onChange };
}

describe('health of MLflow', () => {
  it('is asked below the path of the tracking address, without its credentials', async () => {
    const { report } = await healthWith(`${await answering(200)}/tracking/`);
    expect(asked).toEqual([{ url: '/tracking/health', authorization: undefined }]);
    expect(report).toMatchObject({ status: 'ok', services: [{ name: 'registry' }, { name: 'mlflow', status: 'ok' }] });
  });

  it.each([[503], [302], [null]])('is unreachable at status %s, and the API is whole all the same', async (status) => {
    const { report, onChange } = await healthWith(await answering(status));
    expect(report.services[1]).toMatchObject({ name: 'mlflow', status: 'unreachable', isOptional: true });
    expect(report.status).toBe('ok');
    expect(JSON.stringify([report, onChange.mock.calls])).not.toMatch(/secret/);
  });
});
