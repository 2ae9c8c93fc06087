import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import type { AuditEntry } from '../../registry/audit/append.js';
import { createMemoryLog } from '../../tests/support/memory-snapshot-log.js';
import { backendTableOf, storeTables } from '../../tests/support/table-snapshots.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { collectGarbage } from './gc-view.js';
import { checkout, listSnapshots, showDifference } from './snapshots-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-snapshots-view-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const blobs = createFileBlobStore(join(folder, 'store'));
const snapshotLog = createMemoryLog();
const entries: AuditEntry[] = [];
const audit = {
  record: <Result>(deed: (append: (entry: AuditEntry) => Promise<void>) => Promise<Result>) =>
    deed(async (entry) => void entries.push(entry)),
};
const retention = { snapshots: 1, runDays: 1, graceHours: 1 };

/** Runs a command. @param workflows - ids of running workflows. @returns what it printed. */
async function printed(command: (cli: CliContext) => Promise<void>, workflows: readonly string[] = []) {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  // No table refers to anything: everything but what is young can go.
  const pool = { query: () => Promise.resolve({ rows: [] }) };
  const registry = { listVersions: () => Promise.resolve([]) };
  const services = { blobs, snapshotLog, registry, audit, pool };
  const running = async function* () {
    for (const workflowId of workflows) yield await Promise.resolve({ workflowId });
  };
  const temporal = () => Promise.resolve({ workflow: { list: running } });
  const connect = () => Promise.resolve({ services, temporal });
  await command({ out, connect, config: { retention } } as unknown as CliContext);
  return text;
}

let hashes: string[];
beforeAll(async () => {
  const store = { blobs, log: snapshotLog };
  const users = (...ids: string[]) => [
    backendTableOf(
      'users',
      ids.map((id) => ({ id, gender: 'female' })),
    ),
  ];
  const loans = [backendTableOf('loans', [{ id: 'l' }])];
  hashes = [
    await storeTables(store, 'one', { loans, users: users('a', 'b') }),
    await storeTables(store, 'two', { loans, users: users('b', 'c', 'd') }),
  ];
});

describe('ml data snapshots, diff and checkout', () => {
  it('list parent and sizes', async () => {
    const text = await printed((cli) => listSnapshots(cli, {}));
    const lines = text.split('\n').filter((line) => line.includes('shop'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(hashes[1]!.slice(0, 12));
    expect(lines[0]).toContain(hashes[0]!.slice(0, 12)); // the parent
    expect(lines[0]).toMatch(/kB|\d B/);
  });

  it('tell what changed, by the first digits of the hashes', async () => {
    const names: [string, string] = [hashes[0]!.slice(0, 8), hashes[1]!.slice(0, 8)];
    const text = await printed((cli) => showDifference(cli, names, { limit: 1 }));
    expect(text).toMatch(/users +2 +3 +2 +1 +0/);
    expect(text).toContain('1 further tables are the same');
    expect(text).toMatch(/users\.\w+ .*stable/);
    expect(text).toContain('further columns with --json');
    const same = await printed((cli) => showDifference(cli, [names[0], names[0]], {}));
    expect(same).toContain('every table is the same');
  });

  it('write a snapshot into a folder, with an entry in the audit log', async () => {
    const target = join(folder, 'out');
    const request = { snapshot: hashes[1]!.slice(0, 8), folder: target, format: 'csv' as const };
    expect(await printed((cli) => checkout(cli, request))).toContain("it holds customers' rows in clear");
    expect(await readdir(target)).toEqual(['loans.csv', 'snapshot.json', 'users.csv']);
    expect(entries.at(-1)).toMatchObject({ action: 'snapshot.checked-out', subject: hashes[1] });
  });
});

describe('ml data gc', () => {
  it('spares what is young, and says what it would remove', async () => {
    const text = await printed((cli) => collectGarbage(cli, {}));
    expect(text).toMatch(/would be removed +0 +0 B/);
    expect(text).toMatch(/younger than the grace period +[1-9]/);
  });

  it('is refused without a grace period while a workflow runs', async () => {
    const refused = printed((cli) => collectGarbage(cli, { grace: 0, yes: true }), ['retraining-2026-11-30']);
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(refused).rejects.toThrow(/retraining-2026-11-30 is running/);
  });

  it('removes with --yes, marks the snapshots and notes it in the audit log', async () => {
    const planned = await printed((cli) => collectGarbage(cli, { grace: 0 }));
    expect(planned).toContain('Nothing was removed; `ml data gc --yes` does.');
    expect(planned).toContain(hashes[0]!.slice(0, 12));
    expect(await blobs.has(hashes[0]!)).toBe(true);
    const text = await printed((cli) => collectGarbage(cli, { grace: 0, yes: true }));
    expect(text).toMatch(/^removed +[1-9]/m);
    expect(await blobs.has(hashes[0]!)).toBe(false);
    expect(entries.at(-1)).toMatchObject({ action: 'blobs.collected', details: { snapshots: 2, graceHours: 0 } });
    expect(await snapshotLog.latest('shop')).toBeNull();
    expect(await printed((cli) => listSnapshots(cli, {}))).toContain('removed');
  });
});
