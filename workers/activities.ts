import { join } from 'node:path';
import type { Logger } from 'pino';
import { childEnvironment } from '../activities/child-settings.js';
import { createPipelineActivities } from '../activities/pipeline.js';
import { createPromotionActivities } from '../activities/promotion.js';
import { createTrainingActivities } from '../activities/training.js';
import type { PipelineActivities, PromotionActivities, TrainingActivities } from '../contracts/activities.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import { createChildProcessRunner } from '../platform/child-process/runner.js';
import type { Config } from '../platform/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { codeExtension, codeRoot, projectRoot } from '../platform/project.js';
import { codeVersionOf } from './code-version.js';
import type { Services } from './wiring.js';

export interface ActivityParts {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly services: Services;
  readonly logger: Logger;
}

/** Every activity over the real stores, computing in child processes. Both roles get all: the queue decides who does what. */
export function createActivities({
  config,
  endpoints,
  services,
}: ActivityParts): PipelineActivities & TrainingActivities & PromotionActivities {
  const { artifactUri, backendDatabaseUrl } = endpoints;
  const runner = createChildProcessRunner({
    entry: join(codeRoot, 'activities', `child-main${codeExtension}`),
    env: childEnvironment({ artifactUri, backendDatabaseUrl, cache: config.cache }),
  });
  const models = { find: findModel, list: loadCatalogue };
  const deps = { ...services, config, runner, models, codeVersion: codeVersionOf(projectRoot) };
  return {
    ...createPipelineActivities(deps),
    ...createTrainingActivities(deps),
    ...createPromotionActivities(deps),
  };
}
