import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { BulkWriter } from './bulk-writer.js';
import { DurableWriter } from './durable-writer.js';
import { openSpool, type Spool } from './spool.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ml-spool-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const rowOf = (id: number, bytes = 10): SealedRow => ({
  ...{ id: String(id), at: id, modelName: 'm', line: 'default', version: '1.0.0', stage: 'production' as const },
  ...{ subjectHash: null, subjectKey: null, features: null, abstained: false, latencyMs: 1, arm: null },
  sealed: Buffer.alloc(bytes, id),
});
const rowsOf = (...ids: number[]): SealedRow[] => ids.map((id) => rowOf(id));
const idsOf = (rows: readonly SealedRow[]): number[] => rows.map(({ id }) => Number(id));

/** A database that takes rows, or not; `calls` has the ids of each statement that it saw. */
function database() {
  const state = { away: false, written: [] as number[], calls: [] as number[][] };
  const write = (rows: readonly SealedRow[]): Promise<void> => {
    state.calls.push(idsOf(rows));
    if (state.away) return Promise.reject(new Error('gone'));
    state.written.push(...idsOf(rows).filter((id) => !state.written.includes(id)));
    return Promise.resolve();
  };
  return Object.assign(state, { insert: write, copy: write });
}

const drainAll = async (spool: Spool): Promise<number[]> => {
  const drained: number[] = [];
  while ((await spool.drainFile((rows) => Promise.resolve(void drained.push(...idsOf(rows))))) > 0);
  return drained;
};
const filesOf = (): string[] => readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.includes('spool')).map(({ parentPath, name }) => join(parentPath, name)); // prettier-ignore

describe('the spool', () => {
  it('gives rows back once, in their order, and keeps them private', async () => {
    const spool = openSpool(root, vi.fn());
    expect(spool.isEmpty()).toBe(true);
    await spool.append(rowsOf(1, 2));
    await spool.append(rowsOf(3));
    expect(statSync(filesOf()[0]!).mode & 0o777).toBe(0o600);
    expect(spool.isEmpty()).toBe(false);
    expect(await drainAll(spool)).toEqual([1, 2, 3]);
    expect([spool.isEmpty(), filesOf()]).toEqual([true, []]);
    await spool.close();
    expect(readdirSync(root)).toEqual([]);
  });

  it('keeps a file whose rows were refused, and writes on to another', async () => {
    const spool = openSpool(root, vi.fn());
    await spool.append(rowsOf(1));
    await expect(spool.drainFile(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await spool.append(rowsOf(2));
    expect(await drainAll(spool)).toEqual([1, 2]);
  });

  it('takes rows while a file is drained', async () => {
    const spool = openSpool(root, vi.fn());
    const drained: number[] = [];
    const draining = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) await spool.drainFile((rows) => Promise.resolve(void drained.push(...idsOf(rows))));
    };
    const ids = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all([draining(), ...ids.map((id) => spool.append(rowsOf(id)))]);
    drained.push(...(await drainAll(spool)));
    expect(drained).toEqual(ids);
  });

  it('begins another file when one is large', async () => {
    const spool = openSpool(root, vi.fn());
    for (const id of [1, 2]) await spool.append([rowOf(id, 5 * 2 ** 20)]);
    expect(filesOf()).toHaveLength(2);
    expect(await drainAll(spool)).toEqual([1, 2]);
  });

  it('of a process that ended is drained first, without a record that was cut off', async () => {
    const ended = openSpool(root, vi.fn());
    await ended.append(rowsOf(1, 2));
    await ended.close();
    const [file] = filesOf();
    writeFileSync(file!, readFileSync(file!).subarray(0, -3));
    const onDamage = vi.fn();
    const spool = openSpool(root, onDamage);
    await spool.append(rowsOf(3));
    expect(await drainAll(spool)).toEqual([1, 3]);
    expect(onDamage).not.toHaveBeenCalled();
    await spool.close();
    await openSpool(root, vi.fn()).close();
    expect(readdirSync(root)).toEqual([]);
  });

  it('of a process that runs is left to it', async () => {
    const other = openSpool(root, vi.fn());
    await other.append(rowsOf(1));
    expect(openSpool(root, vi.fn()).isEmpty()).toBe(true);
    expect(await drainAll(other)).toEqual([1]);
  });

  it('keeps a file that was changed, gives the rows before the change, and says so', async () => {
    const ended = openSpool(root, vi.fn());
    await ended.append(rowsOf(1, 2));
    await ended.close();
    const [file] = filesOf();
    const bytes = readFileSync(file!);
    bytes[bytes.length - 4]! ^= 1;
    writeFileSync(file!, bytes);
    const onDamage = vi.fn();
    expect(await drainAll(openSpool(root, onDamage))).toEqual([1]);
    expect(onDamage).toHaveBeenCalledWith(expect.stringMatching(/\.damaged$/));
    expect(readFileSync(`${file}.damaged`)).toEqual(bytes);
  });
});

describe('the durable writer', () => {
  const writerOf = (sink: ReturnType<typeof database>, onChange = vi.fn()) =>
    new DurableWriter({ direct: sink, background: sink, spool: openSpool(root, vi.fn()), onChange, retryMs: 1 });

  it('writes what comes together by one statement, after that of the first', async () => {
    const sink = database();
    const writer = writerOf(sink);
    await Promise.all([1, 2, 3, 4].map((id) => writer.append([rowOf(id)])));
    expect(sink.calls).toEqual([[1], [2, 3, 4]]);
    expect([writer.isBehind, writer.spooled]).toEqual([false, 0]);
    await writer.close();
  });

  it('puts rows on the disk while the database is away, and hands them on in order, none twice', async () => {
    const sink = database();
    const onChange = vi.fn();
    const writer = writerOf(sink, onChange);
    await writer.append(rowsOf(1));
    sink.away = true;
    for (const id of [2, 3, 4]) await writer.append([rowOf(id)]);
    expect([writer.isBehind, writer.spooled]).toEqual([true, 3]);
    expect(onChange.mock.calls).toEqual([['gone']]);
    expect(sink.written).toEqual([1]);
    sink.away = false;
    await writer.append(rowsOf(5));
    await vi.waitFor(() => expect(writer.isBehind).toBe(false));
    await vi.waitFor(() => expect(onChange).toHaveBeenLastCalledWith(null));
    await writer.append(rowsOf(6));
    expect(sink.written).toEqual([1, 2, 3, 4, 5, 6]);
    await writer.close();
  });

  it('asks a database that is away by no request but the first', async () => {
    const sink = Object.assign(database(), { away: true });
    const direct = { insert: vi.fn(() => Promise.reject(new Error('no answer within 500 ms'))) };
    const writer = new DurableWriter({ direct, background: sink, spool: openSpool(root, vi.fn()), onChange: vi.fn(), retryMs: 1 }); // prettier-ignore
    for (const id of [1, 2, 3]) await writer.append([rowOf(id)]);
    expect(direct.insert).toHaveBeenCalledTimes(1);
    await writer.close();
  });

  it('hands on what a killed process left', async () => {
    const sink = Object.assign(database(), { away: true });
    const killed = writerOf(sink);
    await killed.append(rowsOf(1, 2));
    await killed.close();
    sink.away = false;
    const writer = writerOf(sink);
    await writer.append(rowsOf(3));
    await vi.waitFor(() => expect(sink.written).toEqual([1, 2, 3]));
    await writer.close();
  });

  it('refuses a row that is nowhere durable', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const spool: Spool = { isEmpty: () => true, bytes: 0, append: () => Promise.reject(full), drainFile: () => Promise.resolve(0), close: () => Promise.resolve() }; // prettier-ignore
    const sink = Object.assign(database(), { away: true });
    const writer = new DurableWriter({ direct: sink, background: sink, spool, onChange: vi.fn() });
    await expect(writer.append(rowsOf(1))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    sink.away = false;
    await writer.append(rowsOf(2));
    expect(sink.written).toEqual([2]);
  });
});

describe('the bulk writer', () => {
  const writerOf = (sink: ReturnType<typeof database>, more: object = {}) =>
    new BulkWriter({
      ...{ sink, onChange: vi.fn(), onLost: vi.fn(), everyMs: 1, spool: null, mostSpoolBytes: 0 },
      ...more,
    });

  it('writes in the background, many rows at once', async () => {
    const sink = database();
    const writer = writerOf(sink);
    for (const row of rowsOf(1, 2, 3)) writer.append(row);
    await vi.waitFor(() => expect(sink.calls).toEqual([[1, 2, 3]]));
    expect(await writer.close()).toBe(0);
  });

  it('keeps rows while the database is away, drops and counts what is over the bound, and repeats by insert', async () => {
    const sink = Object.assign(database(), { away: true });
    const [copy, insert] = [vi.spyOn(sink, 'copy'), vi.spyOn(sink, 'insert')];
    const onChange = vi.fn();
    const writer = writerOf(sink, { onChange, mostBytes: 1_000 });
    for (const row of rowsOf(1, 2, 3, 4)) writer.append(row);
    await vi.waitFor(() => expect(writer.isBehind).toBe(true));
    expect([writer.waiting, writer.dropped]).toEqual([3, 1]);
    sink.away = false;
    await vi.waitFor(() => expect(writer.isBehind).toBe(false));
    expect(sink.written).toEqual([1, 2, 3]);
    expect(copy).toHaveBeenCalledTimes(1);
    expect(insert.mock.calls.length).toBeGreaterThan(0);
    expect(onChange.mock.calls).toEqual([['gone'], [null]]);
    writer.append(rowOf(5));
    expect(await writer.close()).toBe(0);
    expect(sink.written).toEqual([1, 2, 3, 5]);
  });

  it('puts on the disk what memory has no place for, and hands it on once the database takes rows', async () => {
    const sink = Object.assign(database(), { away: true });
    const spool = openSpool(root, vi.fn());
    const writer = writerOf(sink, { spool, mostSpoolBytes: 10_000, mostBytes: 1_000 });
    for (const id of [1, 2, 3, 4, 5]) {
      writer.append(rowOf(id));
      await vi.waitFor(() => expect(spool.isEmpty()).toBe(id < 4));
    }
    await vi.waitFor(() =>
      expect([writer.spooled, writer.waiting, writer.dropped, writer.isBehind]).toEqual([3, 2, 0, true]),
    );
    sink.away = false;
    await vi.waitFor(() => expect(writer.isBehind).toBe(false));
    expect(sink.written.sort()).toEqual([1, 2, 3, 4, 5]);
    expect([spool.bytes, await writer.close(), filesOf()]).toEqual([0, 0, []]);
  });

  it('drops and counts what neither memory nor the bound of the spool has a place for', async () => {
    const sink = Object.assign(database(), { away: true });
    const spool = openSpool(root, vi.fn());
    const writer = writerOf(sink, { spool, mostSpoolBytes: 1_000, mostBytes: 1_000 });
    for (let id = 1; id <= 9; id++) {
      writer.append(rowOf(id));
      await vi.waitFor(() => expect(spool.isEmpty()).toBe(id < 4));
    }
    await vi.waitFor(() => expect([writer.spooled, writer.waiting, writer.dropped]).toEqual([3, 3, 3]));
    expect(await writer.close()).toBe(3);
  });

  it('leaves to the next process what the database does not take at the end', async () => {
    const sink = Object.assign(database(), { away: true });
    const open = () => writerOf(sink, { spool: openSpool(root, vi.fn()), mostSpoolBytes: 10_000 });
    const ended = open();
    for (const row of rowsOf(1, 2)) ended.append(row);
    expect(await ended.close()).toBe(0);
    sink.away = false;
    const writer = open();
    await vi.waitFor(() => expect(writer.isBehind).toBe(false));
    expect(sink.written).toEqual([1, 2]);
    await writer.close();
  });

  it('counts rows as dropped that the disk does not take', async () => {
    const sink = Object.assign(database(), { away: true });
    const full: Spool = { isEmpty: () => true, bytes: 0, append: () => Promise.reject(new Error('full')), drainFile: () => Promise.resolve(0), close: () => Promise.resolve() }; // prettier-ignore
    const onLost = vi.fn();
    const writer = writerOf(sink, { spool: full, mostSpoolBytes: 10_000, mostBytes: 1_000, onLost });
    for (const row of rowsOf(1, 2, 3, 4)) writer.append(row);
    await vi.waitFor(() => expect(writer.dropped).toBe(3));
    expect(onLost).toHaveBeenCalledWith(new Error('full'));
    expect(await writer.close()).toBe(1);
  });

  it('splits what is too much for one statement, and says at its end what it could not write', async () => {
    const sink = database();
    const writer = writerOf(sink, { everyMs: 60_000 });
    for (const id of [1, 2, 3]) writer.append(rowOf(id, 3 * 2 ** 20));
    await writer.flush();
    expect(sink.calls).toEqual([[1], [2], [3]]);
    sink.away = true;
    writer.append(rowOf(4));
    expect(await writer.close()).toBe(1);
  });
});
