import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { JobRunner } from '../platform/child-process/job.js';
import { createMemoryBlobStore, stepDeps } from '../tests/support/memory-step-log.js';
import type { StepDeps } from './dependencies.js';
import type { DataQuality } from '../contracts/dataset.js';
import type { Reusable } from '../contracts/steps.js';
import { cacheKeyOf, runStep } from './run-step.js';

const bytes = new TextEncoder().encode('report');
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const quality = { passed: true, checkedRows: 1, rejectedRows: 0, failedChecks: [] };

describe('runStep', () => {
  let blobs: ReturnType<typeof createMemoryBlobStore>;
  let deps: StepDeps;
  let computed: number;

  beforeEach(() => {
    computed = 0;
    blobs = createMemoryBlobStore();
    const runner: JobRunner = {
      run: async () => {
        computed++;
        return { ...quality, reportHash: (await blobs.put(bytes)).hash };
      },
    };
    deps = { ...stepDeps(), blobs, runner, config: { trainingMemoryMb: 512 } };
  });

  const validate = (
    runKey: string,
    options: { cache?: boolean; snapshotHash?: string; code?: string } = {},
  ): Promise<Reusable<DataQuality>> => {
    const { cache = true, snapshotHash = a, code } = options;
    const used = code === undefined ? deps : { ...deps, codeOf: () => code };
    return new MockActivityEnvironment({ workflowExecution: { workflowId: `w-${runKey}`, runId: runKey } }).run<
      [],
      Reusable<DataQuality>,
      () => Promise<Reusable<DataQuality>>
    >(() =>
      runStep(used, 'validateSnapshot', { snapshotHash, maxRejectedShare: 0.02 }, { runKey, cache, modelName: null }),
    );
  };

  it('takes the result of an earlier run with the same input and code, and records whose it is', async () => {
    const first = await validate('one');
    expect(first).not.toHaveProperty('reusedFrom');
    expect(await validate('two')).toEqual({ ...first, reusedFrom: 'w-one' });
    expect(await validate('three')).toMatchObject({ reusedFrom: 'w-one' });
    expect(computed).toBe(1);
    const [step] = await deps.steps.listSteps('three');
    expect(step).toMatchObject({ runKey: 'three', computedBy: { runKey: 'one', workflowId: 'w-one' } });
  });

  it('computes anew for another input, another code, and in a run without reuse', async () => {
    await validate('one');
    for (const other of [{ snapshotHash: b }, { code: b }, { cache: false }])
      expect(await validate(`run-${JSON.stringify(other)}`, other)).not.toHaveProperty('reusedFrom');
    expect(computed).toBe(4);
  });

  it('computes again when a blob of the result is lost', async () => {
    const { reportHash } = await validate('one');
    blobs.lose(reportHash);
    expect(await validate('two')).toEqual({ ...quality, reportHash });
    expect(computed).toBe(2);
    expect(await blobs.has(reportHash)).toBe(true);
  });

  it('finds its own result in a repeated attempt, also without reuse, and does not call it reused', async () => {
    await validate('one', { cache: false });
    expect(await validate('one', { cache: false })).not.toHaveProperty('reusedFrom');
    expect(computed).toBe(1);
  });

  it('does not keep a training that missed its encoder', async () => {
    const fitted = { artefactHash: a, signatureHash: a, definitionHash: a, bytes: 1, trainedRows: 1 };
    const runner: JobRunner = { run: () => Promise.resolve({ ...fitted, checkpointKey: 'k', encoderMissing: true }) };
    const dataset = { hash: a, modelName: 'm', line: 'l', rows: 1, notes: [] };
    const origin = { kind: 'snapshot' as const, snapshotHash: a, source: 's' };
    const input = { runKey: 'one', modelName: 'm', dataset: { ...dataset, origin }, params: {}, seed: 1 };
    const holdout = { kind: 'group' as const, column: 'c', fraction: 0.3, salt: 's' };
    await new MockActivityEnvironment().run(() =>
      runStep({ ...deps, runner }, 'fitModel', { ...input, holdout }, { ...input, cache: true }),
    );
    expect(await deps.steps.listSteps('one')).toEqual([]);
  });
});

describe('cacheKeyOf', () => {
  it('depends on step, code and input, not on the run', () => {
    const key = cacheKeyOf('fitModel', a, { runKey: 'one', seed: 1 });
    expect(cacheKeyOf('fitModel', a, { seed: 1, runKey: 'two' })).toBe(key);
    const others = [cacheKeyOf('fitModel', b, { seed: 1 }), cacheKeyOf('fitModel', a, { seed: 2 })];
    expect(new Set([key, ...others, cacheKeyOf('fitShard', a, { seed: 1 })]).size).toBe(4);
  });
});
