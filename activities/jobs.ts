import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import type { JobExecutor } from '../platform/child-process/protocol.js';
import { buildChangedFeatures, mergeChangedFeatures } from './jobs/feature-jobs.js';
import {
  buildFeaturePart,
  buildFeatures,
  buildStates,
  extractTable,
  freezeLine,
  groupDatasetRows,
  prepareDataset,
  prepareDatasetPart,
  restateValidation,
  validateDataset,
  validateSnapshot,
} from './jobs/data-jobs.js';
import { reviewAnnotations, reviewMessages } from '../labelling/jobs.js';
import { compareDrift } from '../monitoring/drift/compare-drift.js';
import { compareNewRows } from '../monitoring/drift/compare-new-rows.js';
import { profileFeatures, replayFeatureReads } from '../monitoring/jobs.js';
import { evaluateModel } from '../training/evaluate.js';
import { evaluateFile } from '../training/evaluate-file.js';
import { fitModel } from '../training/fit.js';
import { fitShard } from '../training/fit-shard.js';
import type { Job, JobStores } from '../platform/child-process/define-job.js';
import { renderModelCard } from '../training/render-card.js';
import { smokeTest } from '../training/smoke-test.js';

/** All jobs by name; each runs in a child process. */
export const jobs = {
  extractTable,
  validateSnapshot,
  buildChangedFeatures,
  buildFeaturePart,
  buildFeatures,
  buildStates,
  mergeChangedFeatures,
  groupDatasetRows,
  prepareDataset,
  prepareDatasetPart,
  restateValidation,
  validateDataset,
  freezeLine,
  fitModel,
  fitShard,
  evaluateModel,
  evaluateFile,
  renderModelCard,
  smokeTest,
  compareDrift,
  compareNewRows,
  reviewMessages,
  reviewAnnotations,
  replayFeatureReads,
  profileFeatures,
};
export type JobName = keyof typeof jobs;

/** Runs the jobs of `table` with these stores: in the child process, or inline in a test. */
export const createJobExecutor =
  (stores: JobStores, table: Readonly<Record<string, Job>> = jobs): JobExecutor =>
  async ({ job: name, input }, context) => {
    const job = table[name];
    if (job === undefined) throw new PipelineError('INVALID_INPUT', `no job ${name}`, { known: Object.keys(table) });
    const parsed = job.input.safeParse(input);
    if (!parsed.success)
      throw new PipelineError('INVALID_INPUT', `job ${name}: ${z.prettifyError(parsed.error)}`, { job: name });
    return job.run(parsed.data, { ...stores, ...context });
  };
