import { z } from 'zod';
import { parityResult, replayReadsInput } from '../contracts/feature-parity.js';
import { contentHash } from '../contracts/ids.js';
import { fieldStatistics } from './features/statistics-log.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { PipelineError } from '../contracts/errors.js';

/* What only one job needs is imported inside it: a child loads what it uses and starts in half a second. */

/** Compares logged reads of feature views with the point-in-time computation. */
export const replayFeatureReads = defineJob({
  input: replayReadsInput.extend({
    /** What was written to the online store; milliseconds. */
    written: z.array(
      z.strictObject({ view: z.string(), version: z.int(), eventTime: z.number(), writtenAt: z.number() }),
    ),
  }),
  output: parityResult,
  async run({ written, ...check }, context) {
    const { blobs, ownPool, keys, signal, onProgress } = context;
    await stepsOf(context)('drawing logged reads', 0, 1);
    const { checkParity } = await import('./parity/check-parity.js');
    const { createSnapshotLog } = await import('../datasets/snapshots/snapshot-log.js');
    const { definedViews } = await import('../feature-store/definitions/index.js');
    if (ownPool === undefined || keys === undefined)
      throw new PipelineError('INTERNAL', 'a job that opens the prediction log was given no database or key ring');
    const database = ownPool();
    const stores = { blobs, database, snapshotLog: createSnapshotLog(database), keys: await keys() };
    return checkParity({ ...stores, views: definedViews, written, signal, onProgress }, check);
  },
});

/** Statistics of the views of a feature set, by view and field. */
export const profileFeatures = defineJob({
  input: z.strictObject({ featureSetHash: contentHash }),
  output: z.array(
    z.strictObject({
      view: z.string(),
      version: z.int(),
      /** Milliseconds. */
      eventTime: z.number(),
      isPartial: z.boolean(),
      entities: z.int(),
      fields: z.record(z.string(), fieldStatistics),
    }),
  ),
  async run({ featureSetHash }, context) {
    const { profileFeatureSet } = await import('./features/profile-feature-set.js');
    const { definedViews } = await import('../feature-store/definitions/index.js');
    const { blobs } = context;
    return profileFeatureSet({ blobs, hash: featureSetHash, views: definedViews, onStep: stepsOf(context) });
  },
});
