import { featureViews } from '../../feature-store/definitions/index.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { buildBackendDataset } from '../../feature-store/offline/training-table.js';
import { validateSnapshot } from '../../datasets/validation/validate-snapshot.js';
import { findModel } from '../../models/catalogue.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** What one step used in a process of its own. */
export interface StepCost {
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
  /** Of the result: the same in every run. */
  readonly hash: string;
}

interface StepContext {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
}

/** A step, and what it may use over 10 million transactions. */
interface MeasuredStep {
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
  /** @returns hash of the result. */
  run(context: StepContext): Promise<string>;
}

const prepare =
  (modelName: string): MeasuredStep['run'] =>
  async ({ blobs, snapshotHash }) => {
    const { backend } = await findModel(modelName);
    const prepared = await buildBackendDataset({ blobs, snapshotHash, modelName, backend });
    return prepared.status === 'ready' ? prepared.dataset.hash : prepared.reason;
  };

/** The steps from a snapshot to features and training tables; all buckets one after the other in one process. */
export const dataSteps = {
  validate: {
    cpuSeconds: 30,
    peakMemoryMb: 768,
    run: async (context) => (await validateSnapshot({ ...context, maxRejectedShare: 0.02 })).reportHash,
  },
  features: {
    cpuSeconds: 35,
    peakMemoryMb: 1024,
    async run({ blobs, snapshotHash }) {
      const { signal } = new AbortController();
      return (await buildFeatureSet({ blobs, snapshotHash, views: featureViews, signal })).hash;
    },
  },
  'prepare spending': { cpuSeconds: 60, peakMemoryMb: 1024, run: prepare('spending-predictor') },
  'prepare anomaly': { cpuSeconds: 130, peakMemoryMb: 1536, run: prepare('anomaly-detector') },
  'prepare credit': { cpuSeconds: 30, peakMemoryMb: 512, run: prepare('credit-risk-scorer') },
} as const satisfies Readonly<Record<string, MeasuredStep>>;
export type DataStep = keyof typeof dataSteps;
