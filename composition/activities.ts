import { join } from 'node:path';
import { childEnvironment } from './child-settings.js';
import { createPipelineActivities } from '../activities/pipeline.js';
import { createPromotionActivities } from '../activities/promotion.js';
import { createTrainingActivities } from '../activities/training.js';
import type { PipelineActivities, PromotionActivities, TrainingActivities } from '../contracts/activities.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import type { JobRunner } from '../platform/child-process/job.js';
import { sharedMemoryBudget } from '../platform/child-process/memory-budget.js';
import { createChildProcessRunner } from '../platform/child-process/runner.js';
import type { ServeOptions } from '../platform/child-process/serve.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { readApprovalSecret } from '../platform/embedded/approval-secret.js';
import { entryFile, projectRoot } from '../platform/project.js';
import { temporaryEnvironment } from '../platform/temporary-folders.js';
import { codeVersionOf } from './code-version.js';
import type { Services } from './services.js';

export interface ActivityParts {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly services: Services;
  /** Replaces the child processes, for tests. */
  readonly runner?: JobRunner;
}

/** Time that an idle child process waits for the next step of a run, which follows within seconds. */
const IDLE_MS = 15_000;

/** Runs jobs in child processes that open the same stores as this worker. */
export const createRunner = (
  config: Config,
  { artifactUri, databaseUrl, backendDatabaseUrl }: Endpoints,
  options: ServeOptions = {},
): JobRunner =>
  createChildProcessRunner({
    entry: entryFile('computingProcess'),
    idleMs: IDLE_MS,
    memory: sharedMemoryBudget(join(config.home, 'memory'), config.computingMemoryMb),
    env: {
      ...temporaryEnvironment(config.home),
      ...childEnvironment({
        artifactUri,
        backendDatabaseUrl: backendDatabaseUrl ?? databaseUrl,
        cache: config.cache,
        encoder: config.encoder,
        ...options,
      }),
    },
  });

/** All activities with the connected stores. Workers of both roles register all; the task queue selects the worker. */
export function createActivities({
  config,
  endpoints,
  services,
  runner = createRunner(config, endpoints),
}: ActivityParts): PipelineActivities & TrainingActivities & PromotionActivities {
  const models = { find: findModel, list: loadCatalogue };
  const approvalSecret = () => Promise.resolve(config).then(readApprovalSecret);
  const deps = { ...services, config, runner, models, approvalSecret, codeVersion: codeVersionOf(projectRoot) };
  return {
    ...createPipelineActivities(deps),
    ...createTrainingActivities(deps),
    ...createPromotionActivities(deps),
  };
}
