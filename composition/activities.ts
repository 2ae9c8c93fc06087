import { join } from 'node:path';
import { childEnvironment } from './child-settings.js';
import { createPipelineActivities } from '../activities/pipeline.js';
import { createBackfillActivities } from '../activities/backfill.js';
import { createDriftActivities } from '../activities/drift.js';
import { createMaterialisationActivities } from '../activities/materialisation.js';
import { createReportActivities } from '../activities/report.js';
import { createReproductionActivities } from '../activities/reproduction.js';
import { createPromotionActivities } from '../activities/promotion.js';
import { createTrainingActivities } from '../activities/training.js';
import type { PipelineActivities, TrainingActivities } from '../contracts/activities.js';
import { createParityActivities } from '../activities/parity.js';
import type { ParityActivities } from '../contracts/feature-parity.js';
import type { BackfillActivities } from '../contracts/backfill.js';
import type { DriftActivities } from '../contracts/drift.js';
import type { MaterialisationActivities } from '../contracts/materialisation.js';
import type { PromotionActivities } from '../contracts/promotion-activities.js';
import type { ReportActivities } from '../contracts/reports.js';
import type { ReproductionActivities } from '../contracts/reproduction.js';
import { findModel, findMonitored, loadCatalogue } from '../models/catalogue.js';
import type { JobRunner } from '../platform/child-process/job.js';
import { sharedMemoryBudget } from '../platform/child-process/memory-budget.js';
import { createChildProcessRunner } from '../platform/child-process/runner.js';
import type { ServeOptions } from '../platform/child-process/serve.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { createAlertBook } from '../monitoring/alerts/alerts.js';
import { createParityLog } from '../monitoring/parity/parity-log.js';
import { endpointOf } from '../platform/outbox/outbox.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { readApprovalSecret } from '../platform/embedded/approval-secret.js';
import { entryFile, projectRoot } from '../platform/project.js';
import { temporaryEnvironment } from '../platform/temporary-folders.js';
import { codeVersionOf } from './code-version.js';
import { stepCodeOf } from './step-code.js';
import type { Services } from './services.js';

type AllActivities = PipelineActivities &
  MaterialisationActivities &
  TrainingActivities &
  PromotionActivities &
  ReproductionActivities &
  BackfillActivities &
  DriftActivities &
  ParityActivities &
  ReportActivities;

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
        databaseUrl,
        backendQueriesDir: config.backendQueriesDir,
        cache: config.cache,
        encoder: config.encoder,
        webhookUrls: [...config.webhookUrls],
        keys: { home: config.home, keyRingFile: config.keyRingFile, blobEncryption: config.blobEncryption },
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
}: ActivityParts): AllActivities {
  const models = { find: findModel, list: loadCatalogue };
  const approvalSecret = () => Promise.resolve(config).then(readApprovalSecret);
  const { arch: architecture, platform, versions } = process;
  const code = {
    codeOf: stepCodeOf,
    codeVersion: codeVersionOf(projectRoot),
    environment: { node: versions.node, architecture, platform },
  };
  const keys = () => openKeyRing(config);
  const alerts = createAlertBook(services.pool, config.webhookUrls.map(endpointOf));
  const monitoring = { alerts, parityLog: createParityLog(services.pool) };
  const deps = { ...services, ...monitoring, ...code, config, keys, runner, models, approvalSecret };
  return {
    ...createPipelineActivities(deps),
    ...createMaterialisationActivities(deps),
    ...createTrainingActivities(deps),
    ...createPromotionActivities(deps),
    ...createReproductionActivities(deps),
    ...createBackfillActivities(deps),
    ...createDriftActivities({ ...deps, findMonitored, receivers: config.webhookUrls.map(endpointOf) }),
    ...createParityActivities(deps),
    ...createReportActivities(deps),
  };
}
