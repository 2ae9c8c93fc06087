import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { findPostgres, restoreLinks } from '../../platform/embedded/postgres/binaries.js';
import { pingPostgres, planPostgres, postgresHolding } from '../../platform/embedded/postgres/postgres.js';
import { findPostgresHost, isReachable } from '../../platform/embedded/postgres/privileges.js';
import type { PrivilegeKind } from '../../platform/embedded/postgres/privileges.js';
import { freePort } from '../../platform/embedded/processes/ports.js';
import { findOnPath, runProgram } from '../../platform/embedded/processes/run-program.js';
import { startService, stopService, waitUntilReady } from '../../platform/embedded/service.js';
import { processesNaming } from '../support/processes.js';

const asRoot = process.getuid?.() === 0;
const folders: string[] = [];

/** A folder that only its owner may enter, like a checkout below /root. */
function closedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ml-closed-'));
  chmodSync(folder, 0o700);
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

// Below the system's own temporary folder, which anybody may enter.
const outside = mkdtempSync(join(tmpdir(), 'ml-outside-'));
chmodSync(outside, 0o755);
afterAll(() => rmSync(outside, { recursive: true, force: true }));

async function startAndStop(base: string, privileges?: readonly PrivilegeKind[]): Promise<string> {
  const port = await freePort(undefined);
  const options = { base, port, password: 'not:a secret/only@a test', outside: [outside] };
  const { plan, url, host, dataFolder } = await planPostgres({ ...options, ...(privileges ? { privileges } : {}) });
  const service = await startService(plan, join(base, 'postgres.log'));
  try {
    await waitUntilReady(service);
    await pingPostgres(url);
    expect(postgresHolding(dataFolder)?.pid ?? service.identity.pid).toBe(service.identity.pid);
  } finally {
    expect(await stopService(service)).toBe(true);
  }
  expect(processesNaming(dataFolder).size).toBe(0);
  return host.kind;
}

it.runIf(asRoot)('runs for root below a folder that is closed to others, in a user namespace', async () => {
  const base = join(closedFolder(), 'postgres');
  expect(await startAndStop(base)).toBe(findOnPath(['unshare']) === null ? 'copied' : 'namespace');
});

it.runIf(asRoot)('runs for root from a copy when there are no user namespaces, and keeps that location', async () => {
  const base = join(closedFolder(), 'postgres');
  expect(await startAndStop(base, ['copied'])).toBe('copied');
  expect(await startAndStop(base)).toBe('copied');
});

/** False when the user `nobody` cannot run the programs because a folder above them is closed, such as /root. */
const programsAreOpen = isReachable(findPostgres().native);

it.runIf(asRoot && programsAreOpen)(
  'runs for root as nobody in an open folder, and after the folder was closed',
  async () => {
    const open = closedFolder();
    chmodSync(open, 0o755);
    const base = join(open, 'postgres');
    expect(await startAndStop(base)).toBe('nobody');
    chmodSync(open, 0o700);
    expect(await startAndStop(base)).not.toBe('nobody');
  },
);

it.runIf(!asRoot)('runs as the current user', async () => {
  expect(await startAndStop(join(closedFolder(), 'postgres'))).toBe('self');
});

it.runIf(process.platform === 'linux')('restores the library links when install scripts were skipped', async () => {
  const copy = join(closedFolder(), 'package');
  const { native } = findPostgres();
  cpSync(dirname(native), copy, { recursive: true, verbatimSymlinks: true });
  const library = join(copy, 'native', 'lib');
  for (const entry of readdirSync(library, { withFileTypes: true }))
    if (entry.isSymbolicLink()) unlinkSync(join(library, entry.name));
  const version = { file: join(copy, 'native', 'bin', 'postgres'), args: ['--version'] };
  expect((await runProgram(version, 20_000)).exitCode).not.toBe(0);
  restoreLinks(join(copy, 'native'));
  expect(await runProgram(version, 20_000)).toMatchObject({ exitCode: 0 });
});

it('names every attempted way when all fail', async () => {
  const base = closedFolder();
  mkdirSync(join(base, 'bin'));
  const binaries = { native: base, version: '0' };
  await expect(findPostgresHost({ binaries, base }, ['self', 'namespace'])).rejects.toMatchObject({
    code: 'SERVICE_NOT_FOUND',
    message: expect.stringMatching(/self: .*; namespace: .*DATABASE_URL/s) as string,
  });
  expect(existsSync(join(base, 'data'))).toBe(false);
});
