import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { createMemoryLog } from '../../tests/support/memory-snapshot-log.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { type RepairOptions, repairSnapshots } from './repair-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-repair-view-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('repairSnapshots', () => {
  const snapshotLog = createMemoryLog();
  const written = createFileBlobStore(join(folder, 'written'));
  const another = createFileBlobStore(join(folder, 'another'));
  const registry = { listVersions: () => Promise.resolve([]) };

  /** Runs the command on a blob store. @returns what it printed and its exit code. */
  async function run(blobs: typeof written, options: RepairOptions) {
    let text = '';
    let code = 0;
    const stdout = { write: (part: string) => void (text += part) };
    const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
    const services = { blobs, snapshotLog, registry };
    const connect = () => Promise.resolve({ services, endpoints: { artifactUri: 'file:///store' } });
    const cli = { out, connect, exitWith: (wanted: number) => void (code = wanted) } as unknown as CliContext;
    await repairSnapshots(cli, options);
    return { text, code };
  }

  it('asks about ARTIFACT_URI when everything is missing, and changes nothing without --yes', async () => {
    const order = { blobs: written, log: snapshotLog, source: 'shop', codeVersion: 'test', tables: [] };
    const { hash } = await commitSnapshot({ ...order, runKey: 'run-1', asOf: 1 });
    expect((await run(written, {})).text).toContain('1 snapshots examined in file:///store: 0 damaged');

    const { text, code } = await run(another, {});
    expect(code).toBe(1);
    expect(text).toContain('the manifest is missing');
    expect(text).toContain('is ARTIFACT_URI the store that they were written to?');
    expect(text).toContain('Nothing was changed.');
    expect((await snapshotLog.latest('shop'))?.hash).toBe(hash);
  });

  it('marks them with --yes, and unmarks them where they are complete', async () => {
    const marked = await run(another, { yes: true });
    expect(marked.code).toBe(0);
    expect(marked.text).not.toContain('Nothing was changed.');
    expect(await snapshotLog.latest('shop')).toBeNull();
    expect((await run(another, {})).code).toBe(0);

    expect((await run(written, { yes: true, verify: true })).text).toContain('of shop is complete again');
    expect(await snapshotLog.latest('shop')).not.toBeNull();
  });
});
