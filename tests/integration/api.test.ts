import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectServices, type Services } from '../../composition/services.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import { blobKey } from '../../platform/blobs/blob-key.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { loadArtefact } from '../../registry/artefacts.js';
import type { HealthReport } from '../../serving/health/health-report.js';
import { signToken } from '../../serving/identity/sign-token.js';
import { readTokenSecret } from '../../serving/identity/token-keys.js';
import { runApi } from '../../serving/run-api.js';
import { readSample } from '../../inference/sample.js';
import { LINE, registerVersion, stage, trainFixture } from '../support/registered-versions.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { quietLogger } from '../support/test-platform.js';

/* The API as a process runs it: real registry, blobs and Redis, requests over HTTP. */

/** Longer than any test: what is seen earlier was told by NOTIFY. */
const NEVER_MS = 600_000;
const MODEL = 'credit-risk-scorer';

let folder: string;
let database: TestDatabase;
let config: Config;
let endpoints: Endpoints;
let services: Services;
let trained: ArtefactFiles;
let token: string;

interface RunningApi {
  readonly url: string;
  stop(): Promise<void>;
}

async function start(more: Partial<Endpoints> = {}, pollMs = NEVER_MS): Promise<RunningApi> {
  const controller = new AbortController();
  const { promise, resolve, reject } = defer<number>();
  const options = { config, endpoints: { ...endpoints, ...more }, signal: controller.signal, logger: quietLogger };
  const ended = runApi({ ...options, onReady: resolve, pollMs });
  ended.catch(reject);
  const url = `http://127.0.0.1:${await promise}`;
  return {
    url,
    stop: async () => {
      controller.abort();
      await ended;
    },
  };
}

function defer<Value>() {
  let [resolve, reject]: [(value: Value) => void, (fault: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<Value>((done, failed) => ([resolve, reject] = [done, failed]));
  return { promise, resolve, reject };
}

interface Answered {
  readonly status: number;
  readonly version?: string;
  readonly code?: string;
  readonly output?: unknown;
}

async function ask({ url }: RunningApi, body: unknown = readSample(trained).inputs[0]): Promise<Answered> {
  const response = await fetch(`${url}/predict/credit-risk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

const answering = async (api: RunningApi): Promise<string | undefined> => (await ask(api)).version;
const inFlight = async ({ url }: RunningApi): Promise<string | undefined> => {
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return /^ml_queue_depth (\d+)/m.exec(await metrics.text())?.[1];
};
const healthOf = async ({ url }: RunningApi) =>
  (await (await fetch(`${url}/health`)).json()) as Pick<HealthReport, 'status' | 'views'>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-api-'));
  database = await createTestDatabase();
  config = readConfig({ ML_HOME: folder, ML_CACHE: folder, PORT: '0' }, folder);
  endpoints = {
    temporal: { address: '', namespace: 'default', uiUrl: null },
    databaseUrl: database.url,
    backendDatabaseUrl: null,
    redisUrl: inject('services').redisUrl,
    artifactUri: pathToFileURL(join(folder, 'blobs')).href,
  };
  services = await connectServices(config, endpoints, quietLogger);
  trained = await trainFixture();
  const request = { subject: 'test', scopes: ['admin'], seconds: 3600 };
  token = await signToken(config.api, readTokenSecret(config), request);
});
afterAll(async () => {
  await services.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const staged = async (sample?: object): Promise<string> => {
  const version = await registerVersion(services, trained, { sample });
  await stage(services, version);
  return version;
};

describe('the API', () => {
  it('starts before a version exists, and answers as soon as one is staged, told by NOTIFY', async () => {
    const api = await start();
    expect(await ask(api)).toMatchObject({ status: 404, code: 'VERSION_NOT_FOUND' });
    expect(await healthOf(api)).toMatchObject({ status: 'ok', models: expect.arrayContaining([expect.objectContaining({ model: MODEL, status: 'untrained' })]) as object }); // prettier-ignore
    await expect
      .poll(async () => (await healthOf(api)).views, { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ kind: 'feature view', name: 'user-financials' }));
    const version = await staged();
    await expect.poll(() => answering(api), { timeout: 20_000 }).toBe(version);
    await api.stop();
  });

  it('answers what the version answered at its training', async () => {
    const api = await start();
    const { inputs, outputs } = readSample(trained);
    const asked = await Promise.all(inputs.map((input) => ask(api, input)));
    const answered = asked.filter(({ output }) => output !== null);
    expect(answered.length).toBeGreaterThan(0);
    for (const [i, { output }] of asked.entries()) if (output !== null) expect(output).toEqual(outputs[i]);
    await api.stop();
  });

  it('changes the version under load without a failed request', async () => {
    const api = await start();
    const before = await answering(api);
    let asking = true;
    const load = Array.from({ length: 4 }, async () => {
      const seen: Answered[] = [];
      while (asking) seen.push(await ask(api));
      return seen;
    });
    const version = await staged();
    await expect.poll(() => answering(api), { timeout: 20_000 }).toBe(version);
    asking = false;
    const seen = (await Promise.all(load)).flat();
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(seen.map((answer) => answer.version))).toEqual(new Set([before, version]));
    await api.stop();
  });

  it('keeps answering with the version before one that does not repeat its sample', async () => {
    const api = await start();
    const before = await answering(api);
    const sample = readSample(trained);
    const wrong = { ...sample, outputs: sample.outputs.map((output) => ({ ...(output as object), probability: 2 })) };
    const broken = await staged(wrong);
    await expect.poll(async () => (await healthOf(api)).status, { timeout: 20_000 }).toBe('degraded');
    expect(await answering(api)).toBe(before);
    const repaired = await staged();
    await expect.poll(() => answering(api), { timeout: 20_000 }).toBe(repaired);
    expect((await healthOf(api)).status).toBe('ok');
    expect(broken).not.toBe(repaired);
    await api.stop();
  });

  it('refuses a version whose files were changed, keeps the one before it, and opens an alert', async () => {
    const api = await start();
    const before = await answering(api);
    const version = await registerVersion(services, trained);
    const { artefactHash } = await services.registry.getVersion(MODEL, LINE, version);
    const { manifest } = await loadArtefact(services.blobs, artefactHash);
    const { sha256 } = manifest.files.find(({ name }) => name === 'mark.json')!;
    const path = join(folder, 'blobs', blobKey(sha256));
    await chmod(path, 0o600);
    await writeFile(path, '{"runKey":"another"}');
    await stage(services, version);
    await expect.poll(async () => (await healthOf(api)).status, { timeout: 20_000 }).toBe('degraded');
    expect(await answering(api)).toBe(before);
    const alerts = (): Promise<{ rows: { subject: string }[] }> =>
      services.pool.query("select subject from monitoring.alert_records where kind = 'version-not-loaded'");
    await expect.poll(async () => JSON.stringify((await alerts()).rows)).toContain(version);
    await staged();
    await expect.poll(async () => (await healthOf(api)).status, { timeout: 20_000 }).toBe('ok');
    await api.stop();
  });

  it('asks the database nothing for a request; answers of one moment are logged together', async () => {
    const api = await start();
    await ask(api);
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    const before = performance.now();
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 40 }, () => ask(api)));
    const seconds = (performance.now() - before) / 1000;
    const texts = asked.mock.calls.map(([query]) =>
      typeof query === 'string' ? query : ((query as { text?: string }).text ?? 'copy'),
    );
    asked.mockRestore();
    // Besides the log: the health watch asks each second, and limits of partitions and webhooks now and then.
    const reading = texts.filter((text) => /^\s*select/i.test(text)).length;
    expect(reading).toBeLessThanOrEqual(5 + 5 * seconds);
    expect(texts.length).toBeLessThan(100 + 10 * seconds); // 200 requests
    await api.stop();
  });

  it('sees a promotion by polling after its connection for notifications was cut', async () => {
    const api = await start({}, 200);
    await services.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'listen%'`,
    );
    const version = await staged();
    await expect.poll(() => answering(api), { timeout: 20_000 }).toBe(version);
    await api.stop();
  });

  it('lets running requests end when it is stopped, and then closes its port', async () => {
    const api = await start();
    const running = Array.from({ length: 20 }, () => ask(api));
    const first = await running[0];
    const stopped = api.stop();
    const statuses = (await Promise.all(running.map((request) => request.catch(() => ({ status: -1 }))))).map(
      ({ status }) => status,
    );
    await stopped;
    expect(first!.status).toBe(200);
    expect(statuses.every((status) => status === 200 || status === 503 || status === -1)).toBe(true);
    await expect(ask(api)).rejects.toThrow();
  });
});

describe('the API with an online store that', () => {
  const byReference = { userId: 'u1', kind: 'vehicle', requestedAmount: 420_000, termMonths: 48 };
  let server: Server;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer((socket) => void sockets.add(socket)); // accepts and never answers
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });

  it.each([
    ['is gone', () => 1],
    ['never answers', () => (server.address() as { port: number }).port],
  ])('%s answers requests with all inputs and refuses those by reference', async (_, port) => {
    const api = await start({ redisUrl: `redis://127.0.0.1:${port()}` });
    const refused = await Promise.all(Array.from({ length: 50 }, () => ask(api, byReference)));
    for (const answer of refused) expect(answer).toMatchObject({ status: 503, code: 'FEATURES_UNAVAILABLE' });
    expect((await ask(api)).status).toBe(200);
    expect(await inFlight(api)).toBe('0'); // nothing piled up
    expect((await healthOf(api)).status).toBe('degraded');
    await api.stop();
  });
});
