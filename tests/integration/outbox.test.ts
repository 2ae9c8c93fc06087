import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { acknowledge, type Alert, createAlertBook } from '../../monitoring/alerts/alerts.js';
import { monitoringSchema } from '../../monitoring/alerts/schema.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { rotateKey } from '../../platform/keys/key-file.js';
import { deliverDue, receiverSecret, signatures } from '../../platform/outbox/deliver.js';
import {
  type DeliveryStatus,
  type Endpoint,
  endpointOf,
  enqueue,
  listDeliveries,
  retryDead,
} from '../../platform/outbox/outbox.js';
import { outboxSchema } from '../../platform/outbox/schema.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { createAuditLog } from '../../registry/audit/audit-log.js';
import { registrySchema } from '../../registry/migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { openWebhookReceiver, type Received, type WebhookReceiver } from '../support/webhook-receiver.js';
import { projectRoot } from '../../platform/project.js';

/* Alerts, the outbox on a real PostgreSQL, and a receiver that answers what a test says. */

let home: string;
let database: TestDatabase;
let pool: pg.Pool;
let keys: KeyRing;
let receiver: WebhookReceiver;
let endpoints: Endpoint[];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ml-outbox-'));
  const settings = { home, keyRingFile: null };
  await openKeyRing(settings);
  await rotateKey(settings, 'webhooks');
  keys = await openKeyRing(settings);
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 6 });
  await migrateSchemas(pool, [registrySchema, outboxSchema, monitoringSchema]);
  receiver = await openWebhookReceiver();
  endpoints = [endpointOf(receiver.url)];
});
afterAll(async () => {
  receiver.close();
  await pool.end();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  await pool.query('truncate outbox.deliveries');
  receiver.received.length = 0;
  receiver.status = 204;
});

const deliver = (to: readonly Endpoint[] = endpoints) => deliverDue({ database: pool, endpoints: to, keys });
const send = () => inTransaction(pool, (client) => enqueue(client, endpoints, { type: 'test', payload: { n: 1 } }));
const makeDue = () => pool.query("update outbox.deliveries set next_attempt_at = now() - interval '1 s'");
const only = async () => (await listDeliveries(pool, { status: null, limit: 10 }))[0]!;

function startSender(): ChildProcess {
  const file = join(projectRoot, 'tests/support/webhook-sender.ts');
  return spawn(process.execPath, ['--import', 'tsx', file, database.url, home, receiver.url], { stdio: 'inherit' });
}

it('delivers what was committed, signed with every version of the key, and stores no address', async () => {
  const undone = inTransaction(pool, async (client) => {
    await enqueue(client, endpoints, { type: 'test', payload: {} });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await send();
  expect(await deliver()).toBe(1);
  const [{ headers, body }] = receiver.received as [Received];
  const { data } = JSON.parse(body) as { data: unknown };
  expect(data).toEqual({ n: 1 });
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(signatures(keys.secretsOf('webhooks'), signed));
  expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect(receiverSecret(Buffer.alloc(32))).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await only()).toMatchObject({ id: headers['webhook-id'], status: 'delivered', attempts: 1, lastError: null });
  const { rows } = await pool.query('select * from outbox.deliveries');
  expect(JSON.stringify(rows)).not.toMatch(/token|hook\b/);
  expect(await deliver()).toBe(0);
});

it('tries again later, gives up after the last attempt, and begins anew on request', async () => {
  await send();
  receiver.status = 500;
  await deliver();
  expect(await only()).toMatchObject({ status: 'waiting', attempts: 1, lastError: 'answered 500' });
  expect(await deliver()).toBe(0); // not due yet
  for (let attempt = 2; attempt <= 8; attempt++) {
    await makeDue();
    await deliver();
  }
  expect(await only()).toMatchObject({ status: 'dead', attempts: 8 });
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await inTransaction(pool, (client) => retryDead(client, null))).toBe(1);
  receiver.status = 200;
  await deliver();
  expect(await only()).toMatchObject({ status: 'delivered', attempts: 1 });
});

it('ends at once for a receiver that is gone, or not in the settings any more', async () => {
  receiver.status = 410;
  await send();
  await deliver();
  expect(await only()).toMatchObject({ status: 'dead', lastError: 'answered 410' });
  await pool.query('truncate outbox.deliveries');
  await send();
  await deliver([]);
  expect(await only()).toMatchObject({ status: 'dead', lastError: expect.stringMatching(/WEBHOOK_URLS/) as string });
});

it('sends each once when several processes deliver', async () => {
  for (let i = 0; i < 12; i++) await send();
  await Promise.all([deliver(), deliver(), deliver()]);
  expect(receiver.received).toHaveLength(12);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
});

it('loses none when a process is killed while it delivers, and sends each once an attempt', async () => {
  for (let i = 0; i < 20; i++) await send(); // each process takes ten
  let answer = (): void => undefined;
  receiver.answering = new Promise((resolve) => (answer = resolve));
  const senders = [startSender(), startSender()] as const;
  try {
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(20);
    const ended = once(senders[0], 'exit');
    senders[0].kill('SIGKILL');
    await ended;
    answer();
    const count = async (status: DeliveryStatus) => (await listDeliveries(pool, { status, limit: 50 })).length;
    await expect.poll(() => count('delivered'), { timeout: 10_000 }).toBe(10);
    await makeDue(); // as the end of its claims does after a minute
    await expect.poll(() => count('delivered'), { timeout: 10_000 }).toBe(20);
    const requests = receiver.received.map(({ headers }) => headers['webhook-id']);
    const deliveries = await listDeliveries(pool, { status: null, limit: 50 });
    expect(deliveries.map(({ attempts }) => attempts).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => (i < 10 ? 1 : 2)),
    );
    for (const { id, attempts } of deliveries) expect(requests.filter((each) => each === id)).toHaveLength(attempts);
  } finally {
    for (const sender of senders) sender.kill('SIGKILL');
  }
});

it('raises an alert once, tells when it opens and ends, and records who has seen it', async () => {
  const book = createAlertBook(pool, endpoints);
  const alert: Alert = { kind: 'version-not-loaded', severity: 'critical', subject: 'm/default/1.0.0', message: 'bad' };
  await book.raise(alert);
  await book.raise({ ...alert, message: 'still bad' });
  const [open] = await book.list({ openOnly: true, limit: 5 });
  expect(open).toMatchObject({ ...alert, message: 'still bad', seen: 2, acknowledgedAt: null });
  expect(await acknowledge(pool, open!.id, 'ada')).toMatchObject({ acknowledgedBy: 'ada' });
  await expect(acknowledge(pool, open!.id, 'eve')).rejects.toMatchObject({ code: 'ALERT_NOT_FOUND' });
  const [entry] = await createAuditLog(pool).list({ limit: 1 });
  expect(entry).toMatchObject({ actor: 'ada', action: 'alert.acknowledged' });
  await book.resolve(alert);
  await book.resolve(alert);
  expect(await book.list({ openOnly: true, limit: 5 })).toEqual([]);
  expect(await book.list({ openOnly: false, limit: 5 })).toHaveLength(1);
  await deliver();
  const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types.sort()).toEqual(['alert.opened', 'alert.resolved']);
  await book.raise(alert);
  expect(await book.list({ openOnly: true, limit: 5 })).toHaveLength(1);
});
