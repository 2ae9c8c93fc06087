import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { ensurePlatform } from '../../platform/embedded/ensure.js';
import { platformStatus } from '../../platform/embedded/status.js';
import { stopPlatform } from '../../platform/embedded/stop.js';
import { temporalServer } from '../../platform/temporal/server.js';
import { connectTemporal } from '../../platform/temporal/client.js';
import { listSchedules } from '../../workers/schedule-states.js';
import { applySchedules, regularScheduleIds } from '../../workers/schedules.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { createAuthority, issueCertificate } from '../support/certificates.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { createTestNamespace } from '../support/test-namespace.js';
import { hasTemporal } from '../support/test-platform.js';
import { type Refusal, type SeenCall, TlsProxy } from '../support/tls-proxy.js';

const SECRET = 'tk-7f3e9a51c0d2';
const { redisUrl, temporalAddress } = inject('services');

const folder = mkdtempSync(join(tmpdir(), 'ml-tls-'));
const authority = createAuthority(folder, 'authority');
const server = issueCertificate(authority, { name: 'server', dnsNames: ['temporal.test'] });
const client = issueCertificate(authority, { name: 'ml-services' });

const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;

/** Refuses calls without the right key. */
const judgeKey = ({ authorization }: SeenCall): Refusal | null =>
  authorization === `Bearer ${SECRET}` ? null : { status: UNAUTHENTICATED, message: `bad token ${authorization}` };
/** Like Temporal Cloud: also refuses every call of the operator service. */
const judgeAsCloud = (call: SeenCall): Refusal | null =>
  call.path.startsWith('/temporal.api.operatorservice.')
    ? { status: PERMISSION_DENIED, message: 'Request unauthorized.' }
    : judgeKey(call);

/** A server that asks for a client certificate and an API key, in front of the real one. */
const listen = (judge: (call: SeenCall) => Refusal | null): Promise<TlsProxy> =>
  TlsProxy.listen({ upstream: temporalAddress!, server, clientAuthority: authority, judge });

const settingsFor = (proxy: TlsProxy): Record<string, string> => ({
  TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}`,
  TEMPORAL_TLS_CLIENT_CERT_PATH: client.certPath,
  TEMPORAL_TLS_CLIENT_KEY_PATH: client.keyPath,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.certPath,
  TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
  TEMPORAL_API_KEY: SECRET,
});

const connect = (settings: Record<string, string>): Promise<Client> => {
  const config = readConfig(settings, folder);
  const { address, namespace } = config.temporal;
  return connectTemporal(temporalServer(config, { temporal: { address: address!, namespace, uiUrl: null } }));
};

describe.skipIf(!hasTemporal())('a Temporal server behind TLS, client certificates and an API key', () => {
  let proxy: TlsProxy;
  let database: TestDatabase;
  /** Calls without the right key: the one that asks, and none of the SDK, which would try until its deadline. */
  const strangersSince = (count: number): readonly SeenCall[] =>
    proxy.calls.slice(count).filter(({ authorization }) => authorization !== `Bearer ${SECRET}`);
  beforeAll(async () => {
    proxy = await listen(judgeKey);
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await proxy.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves a whole platform: health, workers, a workflow and status', async () => {
    const home = join(folder, 'state');
    const config = readConfig(
      {
        ...settingsFor(proxy),
        ML_HOME: home,
        ML_CACHE: process.env.ML_CACHE ?? '',
        TASK_QUEUE_PREFIX: `tls-${proxy.port}-`,
        DATABASE_URL: database.url,
        REDIS_URL: redisUrl ?? '',
        LOG_LEVEL: 'debug',
      },
      '/',
    );
    const lines: string[] = [];
    try {
      const endpoints = await ensurePlatform(config, (line) => lines.push(line));
      const temporal = await connectTemporal(temporalServer(config, endpoints));
      // A step of a real workflow that the worker takes from the queue; it fails because the model has no line.
      const outcome = temporal.workflow.execute('rollbackModel', {
        workflowId: `tls-${proxy.port}-rollback`,
        taskQueue: `${config.taskQueuePrefix}pipeline`,
        args: [{ modelName: 'credit-risk-scorer', requestedBy: 'ada', reason: 'test' }],
      });
      await expect(outcome).rejects.toMatchObject({
        cause: { cause: { message: expect.stringContaining('has no line') as string } },
      });
      await temporal.connection.close();

      const status = await platformStatus(config);
      expect(status.healthy).toBe(true);
      const where = `127.0.0.1:${proxy.port} (TLS, client certificate, API key)`;
      expect(status.parts.find(({ name }) => name === 'temporal')).toMatchObject({ status: 'foreign', where });
      expect(JSON.stringify([status, lines])).not.toContain(SECRET);
    } finally {
      await stopPlatform(config);
    }
    const files = [home, join(home, 'logs')].flatMap((path) =>
      readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(path, name)),
    );
    expect(files.map((file) => file.slice(home.length + 1))).toEqual(
      expect.arrayContaining(['state.json', 'logs/worker-pipeline.log', 'logs/worker-training.log']),
    );
    expect(files.filter((file) => readFileSync(file).includes(SECRET))).toEqual([]);

    // Every connection of every process sent the certificate and the key.
    expect(new Set(proxy.calls.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${SECRET}`]));
    expect(new Set(proxy.calls.map((call) => call.client))).toEqual(new Set(['ml-services']));
    const methods = new Set(proxy.calls.map(({ path }) => path.split('/').at(-1)));
    const wanted = [
      ...['DescribeNamespace', 'ListSearchAttributes', 'PollWorkflowTaskQueue', 'PollActivityTaskQueue'],
      ...['StartWorkflowExecution', 'RespondWorkflowTaskCompleted', 'DescribeTaskQueue'],
    ];
    expect(wanted.filter((method) => !methods.has(method))).toEqual([]);
  });

  it('creates and lists schedules', async () => {
    const base = await connect(settingsFor(proxy));
    const scheduling = new Client({ connection: base.connection, namespace: await createTestNamespace(base) });
    try {
      const applied = await applySchedules(scheduling, readConfig({}, folder));
      const ids = await regularScheduleIds();
      expect(applied.map(({ action }) => action)).toEqual(ids.map(() => 'created'));
      expect(await listSchedules(scheduling)).toHaveLength(ids.length);
    } finally {
      for (const scheduleId of await regularScheduleIds()) await scheduling.schedule.getHandle(scheduleId).delete();
      await base.connection.close();
    }
  });

  it.each([
    [
      'another key',
      { TEMPORAL_API_KEY: 'tk-other-5d1b' },
      'SERVICE_REFUSED',
      /refuses this client for namespace "default"/,
    ],
    ['no key', { TEMPORAL_API_KEY: '' }, 'SERVICE_REFUSED', /connected with: TLS, client certificate\)/],
    [
      'no certificate',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' },
      'SERVICE_REFUSED',
      /alert certificate required/,
    ],
    ['no authority', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' }, 'SERVICE_REFUSED', /TEMPORAL_TLS_SERVER_CA_CERT_PATH/],
    ['no server name', { TEMPORAL_TLS_SERVER_NAME: '' }, 'SERVICE_REFUSED', /TEMPORAL_TLS_SERVER_NAME/],
    ['a namespace it does not have', { TEMPORAL_NAMESPACE: 'nowhere' }, 'INVALID_CONFIG', /no namespace "nowhere"/],
  ])('refuses a client with %s at once and gives the reason', async (_, settings, code, message) => {
    const before = proxy.calls.length;
    const fault: unknown = await connect({ ...settingsFor(proxy), ...settings }).catch((found: unknown) => found);
    expect(fault).toMatchObject({ code, retryable: false, message: expect.stringMatching(message) as string });
    expect(JSON.stringify([String(fault), fault, (fault as Error).stack])).not.toMatch(/tk-(7f3e|other)/);
    expect(strangersSince(before).length).toBeLessThan(2);
  });

  it('fails the start with the refusal instead of retrying for twenty seconds', async () => {
    const settings = { ...settingsFor(proxy), TEMPORAL_API_KEY: 'tk-other-5d1b', DATABASE_URL: database.url };
    const config = readConfig({ ...settings, REDIS_URL: redisUrl ?? '', ML_HOME: join(folder, 'refused') }, '/');
    const before = proxy.calls.length;
    await expect(ensurePlatform(config, () => undefined, { workers: false })).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.not.stringContaining('tk-other') as string,
    });
    expect(strangersSince(before)).toHaveLength(1);
  });

  it('works without the operator service when the search attributes exist, and names the missing ones otherwise', async () => {
    const cloud = await listen(judgeAsCloud);
    const known = await connect(settingsFor(proxy));
    const strict = await connect(settingsFor(cloud));
    try {
      const namespace = await createTestNamespace(known);
      const asAdministrator = new Client({ connection: known.connection, namespace });
      const asUser = new Client({ connection: strict.connection, namespace });
      await expect(ensureSearchAttributes(asUser)).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        message: expect.stringContaining(
          'ModelName (Keyword), Stage (Keyword), Decision (Keyword), Metric (Double), Source (Keyword)',
        ) as string,
      });
      await ensureSearchAttributes(asAdministrator);
      await expect.poll(() => ensureSearchAttributes(asUser).catch(String), { timeout: 60_000 }).toEqual([]);
    } finally {
      await known.connection.close();
      await strict.connection.close();
      await cloud.close();
    }
  });
});
