import type { DatasetRef, FrozenHoldout } from '../../contracts/dataset.js';
import type { RunRecord } from '../../contracts/registry.js';
import type { ReusableStep, StepRecord } from '../../contracts/steps.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import type { ResumeDeps } from '../../training/resume.js';
import { MODEL } from './credit-dataset.js';
import { createMemoryBlobStore, createMemoryStepLog } from './memory-step-log.js';

const hash = 'a'.repeat(64);
const holdout: FrozenHoldout = { kind: 'group', column: 'entity_id', fraction: 0.3, salt: 's' };

/** Code of all recorded steps. */
export const RECORDED_CODE = 'c'.repeat(64);

/** Recorded runs of the credit model in memory, newest first; the workflow of the run `x` is `w-x`. */
export async function createRecordedRuns() {
  const blobs = createMemoryBlobStore();
  const steps = createMemoryStepLog();
  const runs: RunRecord[] = [];
  const { snapshotHash, dataset } = await storeRows(blobs);
  const recordStep = (runKey: string, step: ReusableStep, output: object, input: object = {}) =>
    steps.record({
      ...{ runKey, workflowId: `w-${runKey}`, step, part: 0, modelName: MODEL, cacheKey: hash, code: RECORDED_CODE },
      ...{ input: { ...input }, output: { ...output }, codeVersion: 'test' },
      environment: { node: '20', architecture: 'x64', platform: 'linux' },
      computedBy: { runKey, workflowId: `w-${runKey}` },
    } satisfies StepRecord);
  const addRun = (runKey: string, facts: Partial<RunRecord> = {}): void =>
    void runs.unshift({
      ...{ runKey, workflowId: `w-${runKey}`, modelName: MODEL, line: 'default', status: 'registered' },
      dataset: registered(dataset),
      ...facts,
    } as unknown as RunRecord);
  const listRuns: ResumeDeps['registry']['listRuns'] = async ({ workflowId, modelName }) =>
    runs.filter(
      (run) => (workflowId ?? run.workflowId) === run.workflowId && (modelName ?? run.modelName) === run.modelName,
    );
  return {
    ...{ blobs, steps, registry: { listRuns }, snapshotHash, dataset, addRun },
    /** Adds a run that went through all stages up to the training. */
    async addCompleteRun(runKey: string): Promise<void> {
      addRun(runKey);
      await recordStep(runKey, 'prepareDataset', { status: 'ready', dataset }, { snapshotHash });
      const quality = { passed: true, checkedRows: 1, rejectedRows: 0, reportHash: hash, failedChecks: [] };
      await recordStep(runKey, 'validateDataset', quality);
      const fitted = { artefactHash: await storeModel(blobs), signatureHash: hash, definitionHash: hash };
      await recordStep(runKey, 'fitModel', { ...fitted, bytes: 5, trainedRows: 1, checkpointKey: 'k' }, { holdout });
    },
  };
}

/** What the registry records of a data set: not its zone. */
const registered = ({ hash: id, modelName, line, rows, origin, notes }: DatasetRef): DatasetRef => ({
  ...{ hash: id, modelName, line, rows, origin, notes },
});

type Blobs = ReturnType<typeof createMemoryBlobStore>;

/** A snapshot of one row, and the data set made of it. */
async function storeRows(blobs: Blobs) {
  const part = await blobs.put(new TextEncoder().encode('rows'));
  const parts = [{ hash: part.hash, rows: 1, bytes: part.bytes }];
  const tables = [{ table: 'users', rows: 1, parts, eventTime: null, queryHash: hash }];
  const snapshot = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf: 1, parent: null, codeVersion: 't' };
  const { hash: snapshotHash } = await putJsonBlob(blobs, { ...snapshot, tables });
  const origin = { kind: 'snapshot' as const, snapshotHash, source: 'backend' };
  const ref = { modelName: MODEL, line: 'default', rows: 1, origin, timeZone: 'Europe/Prague', notes: [] };
  const data = { hash: part.hash, bytes: part.bytes };
  const manifest = { kind: 'dataset', schemaVersion: 1, ref, schemaHash: hash, data };
  const dataset: DatasetRef = { ...ref, hash: (await putJsonBlob(blobs, manifest)).hash };
  return { snapshotHash, dataset };
}

/** @returns hash of an artefact with one file. */
async function storeModel(blobs: Blobs): Promise<string> {
  const file = await blobs.put(new TextEncoder().encode('graph'));
  const artefact = { schemaVersion: 1, modelName: MODEL, definitionVersion: 1, line: 'default', signatureHash: hash };
  const files = [{ name: 'model.onnx', sha256: file.hash, bytes: file.bytes }];
  return (await putJsonBlob(blobs, { ...artefact, files })).hash;
}
