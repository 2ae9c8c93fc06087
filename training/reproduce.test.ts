import { beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../contracts/registry.js';
import type { ReusableStep, StepRecord } from '../contracts/steps.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { createMemoryBlobStore } from '../tests/support/memory-step-log.js';
import { reproduce, type ReproduceDeps } from './reproduce.js';
import type { RecordedRun } from './resume.js';

const [hash, code] = ['a'.repeat(64), 'c'.repeat(64)];
const environment = { node: '20.20.2', architecture: 'x64', platform: 'linux' };

describe('reproduce', () => {
  const blobs = createMemoryBlobStore();
  let recorded: RecordedRun;
  let deps: ReproduceDeps;
  /** What the steps give when they are computed again. */
  let again: Partial<Record<ReusableStep, Record<string, unknown>>>;
  let computed: [ReusableStep, Record<string, unknown>][];

  async function artefact(content: string): Promise<string> {
    const file = await blobs.put(new TextEncoder().encode(content));
    const same = await blobs.put(new TextEncoder().encode('sample'));
    const files = [
      { name: 'model.onnx', sha256: file.hash, bytes: file.bytes },
      { name: 'sample.json', sha256: same.hash, bytes: same.bytes },
    ];
    const facts = { schemaVersion: 1, modelName: 'm', definitionVersion: 1, line: 'default', signatureHash: hash };
    return (await putJsonBlob(blobs, { ...facts, files })).hash;
  }

  const stepOf = (step: ReusableStep, input: object, output: object): StepRecord => ({
    ...{ runKey: 'run', workflowId: 'w', step, part: 0, modelName: 'm', cacheKey: hash, code, environment },
    ...{ input: { ...input }, output: { ...output }, codeVersion: 'test' },
    computedBy: { runKey: 'run', workflowId: 'w' },
  });

  beforeEach(async () => {
    const snapshot = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf: 1, parent: null, codeVersion: 't' };
    const { hash: snapshotHash } = await putJsonBlob(blobs, { ...snapshot, tables: [] });
    const artefactHash = await artefact('trees');
    const params = { depth: 3 };
    const origin = { kind: 'snapshot' as const, snapshotHash, source: 'backend' };
    const dataset = { hash, modelName: 'm', line: 'default', rows: 1, origin, notes: [] };
    recorded = {
      run: { workflowId: 'w', modelName: 'm', line: 'default', seed: 7, params, dataset } as unknown as RunRecord,
      steps: [
        stepOf('prepareDataset', { snapshotHash }, { status: 'ready', dataset }),
        stepOf('fitShard', { shard: 0 }, { hash }),
        stepOf('fitModel', { params, seed: 7, shards: [hash] }, { artefactHash }),
      ],
      origin: { snapshotHash, datasetHash: null },
      fitted: null,
      evaluated: null,
    };
    again = { prepareDataset: { dataset }, fitShard: { hash }, fitModel: { artefactHash } };
    computed = [];
    deps = {
      blobs,
      environment,
      codeOf: () => code,
      compute: async (step, input) => {
        computed.push([step, input]);
        return again[step]!;
      },
    };
  });

  it('computes each step from its recorded input and finds the same bytes', async () => {
    const result = await reproduce(deps, recorded);
    expect(result).toMatchObject({ status: 'reproduced', reasons: [], files: [] });
    expect(result.found).toBe(result.recorded);
    expect(computed.map(([step]) => step)).toEqual(['prepareDataset', 'fitShard', 'fitModel']);
    expect(computed[2]![1]).toEqual({ params: { depth: 3 }, seed: 7, shards: [hash] });
    expect(result.inputs.every(({ same }) => same)).toBe(true);
  });

  it('names the files that differ, and code and environment when they do', async () => {
    again.fitModel = { artefactHash: await artefact('other trees') };
    const other = {
      ...deps,
      codeOf: () => hash,
      environment: { ...environment, node: '22.0.0', architecture: 'arm64' },
    };
    const result = await reproduce(other, recorded);
    expect(result).toMatchObject({
      status: 'differs',
      files: ['model.onnx'],
      reasons: ['the artefact differs in model.onnx', 'these differ from what was recorded: code, Node.js, processor'],
    });
  });

  it('says that nothing recorded differs where the computation itself is not repeatable', async () => {
    again.fitModel = { artefactHash: await artefact('other trees') };
    const { reasons } = await reproduce(deps, recorded);
    expect(reasons[1]).toBe('no recorded input differs: the computation is not deterministic on this machine');
  });

  it('tells a data set that the snapshot no longer gives, and parameters that were not those of the run', async () => {
    again.prepareDataset = { dataset: { hash: code } };
    const changed = { ...recorded, run: { ...recorded.run, params: { depth: 4 } } };
    const { status, reasons, inputs } = await reproduce(deps, changed);
    expect(status).toBe('differs');
    expect(reasons[0]).toBe('the snapshot gives another data set than it did');
    expect(inputs.filter(({ same }) => !same)).toEqual([
      { name: 'data set', recorded: hash, now: code, same: false },
      { name: 'parameters', recorded: 'depth=4', now: 'depth=3', same: false },
    ]);
  });

  it('needs a recorded training and its snapshot', async () => {
    const untrained = { ...recorded, steps: recorded.steps.slice(0, 1) };
    await expect(reproduce(deps, untrained)).rejects.toMatchObject({ code: 'STAGE_NOT_REACHED' });
    blobs.lose(recorded.origin!.snapshotHash!);
    await expect(reproduce(deps, recorded)).rejects.toMatchObject({
      code: 'RESULT_NOT_STORED',
      details: { what: 'snapshot' },
    });
  });
});
