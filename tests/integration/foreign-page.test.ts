import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { browserBlockedPorts } from '../../platform/embedded/processes/blocked-ports.js';
import { freePorts } from '../../platform/embedded/processes/ports.js';
import { startService, stopService, waitUntilReady } from '../../platform/embedded/service.js';
import { findTemporal } from '../../platform/embedded/temporal/program.js';
import type { TemporalPorts } from '../../platform/embedded/temporal/temporal.js';
import { planTemporal, temporalPorts } from '../../platform/embedded/temporal/temporal.js';
import { projectRoot } from '../../platform/project.js';
import { connectTemporal } from '../../platform/temporal/client.js';
import { browseUntil, browserProgram, documentOf } from '../support/browser.js';
import { startTemporalWithUi, type TemporalWithUi } from '../support/temporal-with-ui.js';

const { cache, temporal } = readConfig(process.env, projectRoot);
const possible = inject('services').temporalAddress !== null && browserProgram !== null;
if (browserProgram === null)
  process.stderr.write('[foreign-page] no Chromium on PATH: not tried in a real browser, tests are skipped\n');

const workflow = { workflowType: { name: 'planted' }, taskQueue: { name: 'planted' }, input: [{}] };

/** Attempts of a page: what it asked for, and the status of the answer, `opaque`, or the browser's refusal. */
type Attempts = Readonly<Record<string, string>>;

/** A page that starts a workflow at each address in each way that a browser allows without asking first. */
const page = (addresses: readonly string[]): string => `<!doctype html><script type="module">
const attempts = {};
const ways = {
  text: { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' } },
  cors: { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'x', 'x-csrf-token': 'x' } },
};
for (const address of ${JSON.stringify(addresses)})
  for (const [way, options] of Object.entries(ways)) {
    const url = address + '/api/v1/namespaces/default/workflows/planted-' + way + '-' + new URL(address).port;
    const body = ${JSON.stringify(JSON.stringify(workflow))};
    attempts[way + ' ' + address] = await fetch(url, { ...options, credentials: 'include', body }).then(
      (answer) => (answer.type === 'opaque' ? 'opaque' : String(answer.status)),
      (fault) => fault.name,
    );
  }
await fetch('/report', { method: 'POST', body: JSON.stringify(attempts) });
</script>`;

/** Serves the page under a foreign name, opens it in the browser and returns what it attempted. */
async function visitForeignPage(addresses: readonly string[]): Promise<Attempts> {
  let report: (attempts: Attempts) => void;
  const reported = new Promise<Attempts>((resolve) => (report = resolve));
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      if (request.method === 'POST') report(JSON.parse(body) as Attempts);
      response.setHeader('content-type', 'text/html').end(request.url === '/' ? page(addresses) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await browseUntil(`http://evil.example:${(server.address() as AddressInfo).port}/`, reported);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A server that answers at this port; null when the port is in use, and something else may answer there. */
function serveIfFree(port: number): Promise<Server | null> {
  const server = createServer((_request, response) => response.end());
  return new Promise((resolve) => {
    server.once('error', () => resolve(null)).listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Ids of the workflows that a page started through these ports, on the server with this gRPC port. */
async function startedWorkflows(grpcPort: number, ports: readonly number[]): Promise<string[]> {
  const address = `127.0.0.1:${grpcPort}`;
  const client = await connectTemporal({ address, namespace: 'default', tls: null, apiKey: null });
  const exists = (id: string): Promise<boolean> =>
    client.workflow
      .getHandle(id)
      .describe()
      .then(
        () => true,
        () => false,
      );
  try {
    const found: string[] = [];
    for (const port of ports)
      for (const id of [`planted-text-${port}`, `planted-cors-${port}`]) if (await exists(id)) found.push(id);
    return found;
  } finally {
    await client.connection.close();
  }
}

describe.skipIf(!possible)('a web page of another origin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-foreign-'));
  let guarded: TemporalWithUi;
  let ports: TemporalPorts;
  let uiPort: number;

  const local = (port: number): string => `http://127.0.0.1:${port}`;
  const openPorts = (): number[] => [
    ports.temporal,
    ports['temporal-http'],
    ports['temporal-metrics'],
    ports['temporal-ui'],
    uiPort,
  ];

  beforeAll(async () => {
    guarded = await startTemporalWithUi();
    ({ ports, uiPort } = guarded);
  });

  afterAll(async () => {
    await guarded.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts no workflow at any port of the server', async () => {
    const addresses = openPorts().map(local);
    const attempts = await visitForeignPage(addresses);
    expect(Object.keys(attempts)).toHaveLength(2 * addresses.length);
    expect(attempts[`text ${local(uiPort)}`]).toBe('TypeError'); // the browser does not connect to this port
    expect(attempts[`cors ${local(ports['temporal-http'])}`]).toBe('TypeError');
    expect(await startedWorkflows(ports.temporal, openPorts())).toEqual([]);
  });

  it('starts no workflow when its name is resolved to this machine', async () => {
    const rebound = [ports['temporal-http'], ports['temporal-ui'], uiPort];
    const attempts = await visitForeignPage(rebound.map((port) => `http://evil.example:${port}`));
    expect(Object.values(attempts)).not.toContain('200');
    expect(await startedWorkflows(ports.temporal, openPorts())).toEqual([]);
    expect(await documentOf({ url: `http://evil.example:${ports['temporal-ui']}/` })).toContain('UI_ALLOWED_HOSTS');
  });

  it('reaches none of the ports at which the UI may listen', async () => {
    const served = await Promise.all(browserBlockedPorts.map(serveIfFree));
    try {
      const attempts = await visitForeignPage(browserBlockedPorts.map(local));
      expect(new Set(Object.values(attempts))).toEqual(new Set(['TypeError']));
    } finally {
      for (const server of served) server?.close();
    }
  });

  it('does start one at an HTTP interface that is left open, so that the test can fail', async () => {
    const open = await freePorts(temporalPorts, {});
    const program = findTemporal({ cliPath: temporal.cliPath, cache })!;
    const options = { program, folder: join(folder, 'open'), ports: open, namespace: 'default', uiPort: null };
    const { plan } = await planTemporal(options);
    const args = plan.command.args.filter(
      (argument, index, all) => !`${argument} ${all[index + 1] ?? ''}`.includes('httpAllowedHosts'),
    );
    const unguarded = await startService({ ...plan, command: { ...plan.command, args } }, join(folder, 'open.log'));
    try {
      await waitUntilReady(unguarded);
      const attempts = await visitForeignPage([local(open['temporal-http'])]);
      expect(attempts).toMatchObject({ [`text ${local(open['temporal-http'])}`]: 'opaque' });
      const started = await startedWorkflows(open.temporal, [open['temporal-http']]);
      expect(started).toEqual([`planted-text-${open['temporal-http']}`]);
    } finally {
      await stopService(unguarded);
    }
  });

  it('is not hindered from opening the UI by its link', async () => {
    expect(await documentOf({ url: guarded.url })).toMatch(/Workflows/);
  });
});
