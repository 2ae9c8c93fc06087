import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../cli/program/context.js';
import { showPrediction } from '../../cli/views/prediction-view.js';
import { dropOldPartitions, ensurePartitions } from '../../inference/prediction-log/partitions.js';
import { servingSchema } from '../../inference/prediction-log/schema.js';
import type { LoggedAnswer } from '../../inference/prediction-log/sealed-row.js';
import { readConfig } from '../../platform/config/config.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { createAuditLog } from '../../registry/audit/audit-log.js';
import { registrySchema } from '../../registry/migrations/index.js';
import { type OpenLog, openPredictionLog } from '../../serving/log/open-log.js';
import { type OwnServer, startOwnPostgres } from '../support/own-server.js';
import { quietLogger } from '../support/test-platform.js';

/* The prediction log on a PostgreSQL that is killed, and that is silent behind a proxy. */

const DAY_MS = 86_400_000;
let home: string;
let server: OwnServer;
let pool: pg.Pool;
let keys: KeyRing;
let proxy: SilentProxy;

/** Passes bytes to the server, or holds them back. */
interface SilentProxy {
  readonly url: string;
  silent: boolean;
  close(): void;
}

async function startProxy(to: string): Promise<SilentProxy> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  const state = { silent: false };
  const listener: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // prettier-ignore
      sockets.add(from);
      from.on('error', () => into.destroy());
      from.on('close', () => into.destroy());
      from.on('data', (bytes) => state.silent || into.write(bytes));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(to);
  url.host = `127.0.0.1:${(listener.address() as { port: number }).port}`;
  return Object.assign(state, {
    url: url.href,
    close: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ml-predictions-'));
  keys = await openKeyRing({ home, keyRingFile: null });
  server = await startOwnPostgres();
  proxy = await startProxy(server.url);
  pool = new pg.Pool({ connectionString: server.url, max: 2 });
  pool.on('error', () => undefined);
  await migrateSchemas(pool, [servingSchema, registrySchema]);
});
afterAll(async () => {
  proxy.close();
  await pool.end();
  await server.remove();
  await rm(home, { recursive: true, force: true });
});

const answerOf = (modelName: string): LoggedAnswer => ({
  ...{ id: randomUUID(), at: Date.now(), modelName, line: 'default', version: '1.0.0', stage: 'production' as const },
  ...{ subject: 'u000001', features: null, abstained: false, latencyMs: 1, arm: null },
  content: { input: { requestedAmount: 420_000 }, output: { probability: 0.25 }, explanation: { reasons: ['income'] } },
});

const mostSpoolBytes = 2 ** 20;

const open = (databaseUrl: string): OpenLog =>
  openPredictionLog({ databaseUrl, home, keys, keepDays: 90, mostSpoolBytes, logger: quietLogger });

/** Ids of a model's rows in the order in which they were inserted. */
async function idsOf(modelName: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select id from serving.predictions where model_name = $1 order by ctid', [modelName]); // prettier-ignore
  return rows.map(({ id }) => id);
}

async function append(log: OpenLog, modelName: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const answer = answerOf(modelName);
    await log.log.appendDurably([answer]);
    ids.push(answer.id);
  }
  return ids;
}

const isWritten = (log: OpenLog) => expect.poll(() => log.log.status(), { timeout: 30_000 }).toMatchObject({ status: 'ok', waiting: 0 }); // prettier-ignore

describe('the prediction log', () => {
  it('loses and doubles no durable row of a PostgreSQL that is killed, and keeps their order', async () => {
    const log = open(proxy.url);
    const ids = await append(log, 'killed', 20);
    const others = Array.from({ length: 50 }, () => answerOf('bulk'));
    log.log.append(others.slice(0, 25));
    const during = append(log, 'killed', 60);
    server.kill();
    ids.push(...(await during), ...(await append(log, 'killed', 20)));
    log.log.append(others.slice(25));
    expect(log.log.status()).toMatchObject({ status: 'degraded', dropped: 0 });
    await server.stop();
    await server.start();
    await isWritten(log);
    ids.push(...(await append(log, 'killed', 5)));
    await isWritten(log); // a busy machine may be slower than a request waits
    expect(await idsOf('killed')).toEqual(ids);
    expect((await idsOf('bulk')).sort()).toEqual(others.map(({ id }) => id).sort());
    await log.close();
  });

  it('answers on while PostgreSQL is silent, and hands its rows on after a restart of the process', async () => {
    const log = open(proxy.url);
    const ids = await append(log, 'silent', 3);
    await isWritten(log);
    proxy.silent = true;
    ids.push(...(await append(log, 'silent', 10)));
    expect(log.log.status()).toMatchObject({ status: 'degraded' });
    expect(log.log.status().spooled).toBeGreaterThanOrEqual(10);
    await log.close();
    proxy.silent = false;
    const restarted = open(server.url);
    ids.push(...(await append(restarted, 'silent', 2)));
    await isWritten(restarted);
    expect(await idsOf('silent')).toEqual(ids);
    await restarted.close();
  });

  it('makes partitions of days that none was made for, and drops those over their age', async () => {
    const log = open(server.url);
    const old = { ...answerOf('old'), at: Date.now() - 100 * DAY_MS };
    await log.log.appendDurably([old]);
    await isWritten(log);
    expect(await idsOf('old')).toEqual([old.id]);
    const now = Date.now();
    await ensurePartitions(pool, [now, now - 90 * DAY_MS]);
    const dropped = await dropOldPartitions(pool, { now, days: 90 });
    expect(dropped).toEqual([`predictions_${new Date(old.at).toISOString().slice(0, 10).replaceAll('-', '')}`]);
    expect(await dropOldPartitions(pool, { now, days: 90 })).toEqual([]);
    await log.close();
  });

  it('shows an answer to people, and records who read it', async () => {
    const log = open(server.url);
    const answer = answerOf('shown');
    await log.log.appendDurably([answer]);
    await isWritten(log);
    await log.close();
    const { rows } = await pool.query(`select row_to_json(p)::text as row from serving.predictions p where id = $1`, [answer.id]); // prettier-ignore
    expect(JSON.stringify(rows)).not.toMatch(/u000001|420000|requestedAmount|income/);
    const audit = createAuditLog(pool);
    let shown: unknown;
    const cli = {
      config: readConfig({ ML_HOME: home }, home),
      out: { result: (value: unknown) => (shown = value) },
      connect: () => Promise.resolve({ services: { pool, audit } }),
    } as unknown as CliContext;
    await showPrediction(cli, answer.id, { by: 'ada', reason: 'a complaint' });
    expect(shown).toMatchObject({ predictionId: answer.id, model: 'shown', ...answer.content });
    expect(await audit.list({ limit: 1 })).toMatchObject([{ actor: 'ada', action: 'prediction.read', subject: answer.id, details: { reason: 'a complaint' } }]); // prettier-ignore
    await expect(showPrediction(cli, randomUUID(), {})).rejects.toMatchObject({ code: 'PREDICTION_NOT_FOUND' });
    await expect(showPrediction(cli, 'no id', {})).rejects.toMatchObject({ code: 'PREDICTION_NOT_FOUND' });
  });
});
