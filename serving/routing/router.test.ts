import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Stage } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { createRouter, type Router } from './router.js';

const record = (version: string, stage: Stage, line = 'synthetic'): VersionRecord =>
  ({
    ...{ modelName: 'm', line, version, stage, artefactHash: `hash of ${version}` },
    dataset: { origin: { kind: 'snapshot', source: 'generated' } },
  }) as unknown as VersionRecord;

let serving: VersionRecord[];
let transition: number;
let closed: string[];
let broken: Set<string>;
let opened: string[];
let router: Router;

/** What `onLoad` was told. */
let loads: string[] = [];
/** Milliseconds. */
let clock = 0;

const open = ({ version }: VersionRecord): Promise<OpenArtefact> => {
  opened.push(version);
  if (broken.has(version)) return Promise.reject(new PipelineError('BLOB_NOT_FOUND', 'no such blob'));
  const close = () => Promise.resolve(void closed.push(version));
  return Promise.resolve({ predictor: { close }, manifest: {} } as unknown as OpenArtefact);
};

const serve = (...records: VersionRecord[]): Promise<void> => {
  serving = records;
  transition += 1;
  return router.refreshIfChanged();
};

const answering = async (): Promise<string> => {
  const borrowed = await router.borrow('m', {});
  borrowed.release();
  return borrowed.record.version;
};

beforeEach(() => {
  [serving, transition, closed, opened, broken] = [[], 0, [], [], new Set()];
  [loads, clock] = [[], 0];
  router = createRouter({
    registry: {
      listServing: () => Promise.resolve(serving),
      lastTransition: () => Promise.resolve(String(transition)),
    },
    findSourceInUse: () => Promise.resolve('generated'),
    open,
    logger: { info: vi.fn(), error: vi.fn() },
    now: () => clock,
    onLoad: ({ version }, failure) => void loads.push(failure === null ? version : `${version} failed`),
  });
});

describe('router', () => {
  it('is ready once the registry was read, also without a version', async () => {
    expect(router.isReady()).toBe(false);
    await serve();
    expect(router.isReady()).toBe(true);
    await expect(router.borrow('m', {})).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });

  it('opens versions of the line in use ahead and others on their first request', async () => {
    await serve(record('1.0.0', 'staging'), record('2.0.0', 'dev', 'taiwan'));
    expect(opened).toEqual(['1.0.0']);
    (await router.borrow('m', { line: 'taiwan' })).release();
    expect(opened).toEqual(['1.0.0', '2.0.0']);
  });

  it('tells of a version that cannot be opened once, and when it could be', async () => {
    broken = new Set(['1.0.1']);
    await serve(record('1.0.0', 'production'));
    for (let i = 0; i < 3; i++) await serve(record('1.0.1', 'production'));
    expect(loads).toEqual(['1.0.0', '1.0.1 failed']);
    broken = new Set();
    clock += 5_000;
    await router.refreshIfChanged();
    expect(loads).toEqual(['1.0.0', '1.0.1 failed', '1.0.1']);
  });

  it('follows a promotion and a rollback, and closes what nobody uses', async () => {
    await serve(record('1.0.0', 'production'));
    const busy = await router.borrow('m', {});
    await serve(record('1.0.1', 'production'));
    expect([await answering(), closed]).toEqual(['1.0.1', []]);
    busy.release();
    await vi.waitFor(() => expect(closed).toEqual(['1.0.0']));
    await serve(record('1.0.0', 'production'));
    expect(await answering()).toBe('1.0.0');
  });

  it('opens an artefact once whatever its stage becomes', async () => {
    await serve(record('1.0.0', 'staging'));
    await serve(record('1.0.0', 'production'));
    expect(opened).toEqual(['1.0.0']);
  });

  it('keeps the version before one that cannot be opened, and tries again', async () => {
    await serve(record('1.0.0', 'production'));
    broken.add('1.0.1');
    await serve(record('1.0.1', 'production'));
    expect(await answering()).toBe('1.0.0');
    expect(router.failures()).toMatchObject([{ version: '1.0.1', insteadVersion: '1.0.0' }]);
    broken.clear();
    clock += 5_000;
    await router.refreshIfChanged();
    expect([await answering(), router.failures()]).toEqual(['1.0.1', []]);
  });

  it('answers MODEL_NOT_LOADED when there is none before it', async () => {
    broken.add('1.0.0');
    await serve(record('1.0.0', 'staging'));
    await expect(router.borrow('m', {})).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' });
  });

  it('tries again what could not be opened after 5, 10, 20 … seconds, and every 5 minutes at last', async () => {
    broken.add('1.0.0');
    await serve(record('1.0.0', 'production'));
    const at = [0];
    while (clock < 1_500_000) {
      clock += 5_000;
      const before = opened.length;
      await router.refreshIfChanged();
      await expect(router.borrow('m', {})).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' }); // opens nothing
      if (opened.length > before) at.push(clock / 1000);
      expect(opened.length - before).toBeLessThanOrEqual(1);
    }
    expect(at).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915, 1215]);
  });

  it('tries again at once after a transition', async () => {
    broken.add('1.0.1');
    await serve(record('1.0.1', 'production'));
    for (let i = 0; i < 5; i++) await serve(record('1.0.1', 'production'));
    expect(opened).toHaveLength(6);
    broken.clear();
    await serve(record('1.0.1', 'production'));
    expect([await answering(), router.failures()]).toEqual(['1.0.1', []]);
  });

  it('names no version in place of another that was never loaded', async () => {
    broken.add('1.0.0').add('1.0.1');
    await serve(record('1.0.0', 'production'));
    await serve(record('1.0.0', 'production'));
    expect(router.failures()).toMatchObject([{ version: '1.0.0', insteadVersion: null, code: 'BLOB_NOT_FOUND' }]);
    await serve(record('1.0.1', 'production'));
    expect(router.failures()).toMatchObject([{ version: '1.0.1', insteadVersion: null, message: 'no such blob' }]);
  });

  it('tells a request what helps against an outdated artefact', async () => {
    const outdated = pipelineError('ARTEFACT_OUTDATED', { found: 'definition version 4', wanted: '5' });
    router = createRouter({
      registry: { listServing: () => Promise.resolve([record('1.0.0', 'staging')]), lastTransition: () => Promise.resolve('1') }, // prettier-ignore
      findSourceInUse: () => Promise.resolve('generated'),
      open: () => Promise.reject(outdated),
      logger: { info: vi.fn(), error: vi.fn() },
    });
    await router.refresh();
    await expect(router.borrow('m', {})).rejects.toMatchObject({ code: 'ARTEFACT_OUTDATED' });
    expect(router.failures()).toMatchObject([{ code: 'ARTEFACT_OUTDATED', message: outdated.message }]);
  });

  it('keeps its table when the registry does not answer', async () => {
    await serve(record('1.0.0', 'staging'));
    transition = Number.NaN;
    serving = null as never;
    await expect(router.refresh().then(() => router.table().routes.length)).rejects.toThrow();
    expect(await answering()).toBe('1.0.0');
  });

  it('reads the registry once for calls that come together', async () => {
    const reads = vi.fn(() => Promise.resolve([]));
    const counted = createRouter({
      registry: { listServing: reads, lastTransition: () => Promise.resolve('1') },
      findSourceInUse: () => Promise.resolve(null),
      open,
      logger: { info: vi.fn(), error: vi.fn() },
    });
    await Promise.all(Array.from({ length: 10 }, () => counted.refresh()));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
  });
});
