import { pipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { reusableSteps, type StepLog, type StepRecord, stepRecord } from '../../contracts/steps.js';

/** The step log in memory; `createStepLog` behaves the same on PostgreSQL (tests/support/check-step-log.ts). */
export function createMemoryStepLog(): StepLog {
  const records: StepRecord[] = [];
  const recordedAt = new WeakMap<StepRecord, Date>();
  const inOrder = (found: readonly StepRecord[]): StepRecord[] =>
    found.toSorted((a, b) => reusableSteps.indexOf(a.step) - reusableSteps.indexOf(b.step) || a.part - b.part);
  const newest = (is: (one: StepRecord) => boolean): StepRecord | null => records.findLast(is) ?? null;
  const isSame = (a: StepRecord, b: StepRecord): boolean =>
    a.runKey === b.runKey && a.step === b.step && a.part === b.part;
  return {
    async record(step) {
      const parsed = stepRecord.parse(structuredClone(step));
      const at = records.findIndex((one) => isSame(one, parsed));
      if (at !== -1) records.splice(at, 1);
      records.push(parsed);
      recordedAt.set(parsed, new Date());
    },
    findByKey: async (cacheKey) => newest((one) => one.cacheKey === cacheKey),
    listSteps: async (runKey) => inOrder(records.filter((one) => one.runKey === runKey)),
    listStepsOf: async (id, since) =>
      inOrder(records.filter((one) => `${one.workflowId}/`.startsWith(`${id}/`) && recordedAt.get(one)! >= since)),
    findByInput: async (step, input) =>
      newest((one) => one.step === step && Object.entries(input).every(([name, value]) => one.input[name] === value)),
  };
}

/** What steps need beside the stores: a log, the code's hash and the environment. */
export const stepDeps = (code = 'c'.repeat(64)) => ({
  steps: createMemoryStepLog(),
  codeOf: (): string => code,
  codeVersion: 'test',
  environment: { node: '20.20.2', architecture: 'x64', platform: 'linux' },
});

/** A blob store in memory that can lose a blob. */
export function createMemoryBlobStore(): BlobStore & { lose(hash: string): void } {
  const blobs = new Map<string, Uint8Array>();
  const get = (hash: string): Uint8Array => {
    const bytes = blobs.get(hash);
    if (bytes === undefined) throw pipelineError('BLOB_NOT_FOUND', { hash, store: 'memory' });
    return bytes;
  };
  const unsupported = (): never => {
    throw new Error('not in memory');
  };
  return {
    async put(bytes) {
      const hash = sha256(bytes);
      blobs.set(hash, bytes);
      return { hash, bytes: bytes.byteLength };
    },
    get: async (hash) => get(hash),
    has: async (hash) => blobs.has(hash),
    renew: async (hash) => blobs.has(hash),
    removeOlder: unsupported,
    lose: (hash) => void blobs.delete(hash),
    putFile: unsupported,
    localPath: unsupported,
    list: unsupported,
  };
}
