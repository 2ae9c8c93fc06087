import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { configEnvironment } from '../../platform/embedded/config-environment.js';
import { readConfig } from '../../platform/config/config.js';
import { nodeCommand } from '../../platform/embedded/processes/node-command.js';
import { signToken } from '../../serving/identity/sign-token.js';
import { readTokenSecret } from '../../serving/identity/token-keys.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/* `ml serve` as several processes behind one port. */

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-serve-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const settings = () =>
  readConfig(
    {
      ...{ ML_HOME: folder, ML_CACHE: folder, PORT: '0', SERVE_PROCESSES: '2', TEMPORAL_ADDRESS: '127.0.0.1:1' },
      ...{ DATABASE_URL: database.url, REDIS_URL: inject('services').redisUrl ?? '' },
      ARTIFACT_URI: pathToFileURL(join(folder, 'blobs')).href,
    },
    folder,
  );

/** Processes of the API; a compiler may run beside. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((child) => child.trim() !== '' && isServing(child))
    .map(Number);

function isServing(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('serve');
  } catch {
    return false; // it has ended
  }
}

it('answers from all processes, adds their metrics up, replaces one that ends, and stops as one', async () => {
  const config = settings();
  const { file, args } = nodeCommand('cli', ['serve']);
  const child = spawn(file, args, { env: { ...process.env, ...configEnvironment(config) }, stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = createInterface(child.stderr);
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /answers at (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`ended with ${code}`)));
  });
  const scopes = ['admin'];
  const token = await signToken(config.api, readTokenSecret(config), { subject: 'test', scopes, seconds: 600 });
  const metrics = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    const response = await fetch(`${url}/metrics`, { headers });
    expect(response.status).toBe(200);
    return response.text();
  };
  const healthy = async (): Promise<number> => (await fetch(`${url}/health/ready`, { headers: { connection: 'close' } })).status; // prettier-ignore
  for (let i = 0; i < 6; i++) expect(await healthy()).toBe(200);
  const counted = (text: string): number =>
    Number(/ml_http_requests_total\{route="\/health\/ready",status="200"\} (\d+)/.exec(text)?.[1]);
  expect(counted(await metrics())).toBe(6);
  const [one] = childrenOf(child.pid!);
  process.kill(one!, 'SIGKILL');
  await expect.poll(() => childrenOf(child.pid!).filter((pid) => pid !== one).length, { timeout: 20_000 }).toBe(2);
  expect(await healthy()).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(healthy()).rejects.toThrow();
}, 180_000);
