import { availableParallelism } from 'node:os';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createFaultInterceptor } from '../activities/fault-interceptor.js';
import type { RetryLimits } from '../activities/retry-limits.js';
import { createUsageInterceptor } from '../activities/step-usage.js';
import { PIPELINE_QUEUE, trainingQueueOf } from '../contracts/workflows.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import type { JobRunner } from '../platform/child-process/job.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { createLogger } from '../platform/logging.js';
import type { DeliverOptions } from '../platform/outbox/deliver.js';
import { deliverWebhooks } from '../platform/outbox/deliver-webhooks.js';
import { endpointOf } from '../platform/outbox/outbox.js';
import { connectWith } from '../platform/temporal/connect.js';
import { type TemporalServer, temporalServer } from '../platform/temporal/server.js';
import { type ActivityParts, createActivities } from '../composition/activities.js';
import { connectTemporal } from '../platform/temporal/client.js';
import { deploymentOptions, deploymentVersion, ensureCurrentBuild } from './deployment.js';
import { ensureSearchAttributes } from './search-attributes.js';
import { temporalLogger } from './temporal-logger.js';
import { workflowCode } from './workflow-code.js';
import { connectServices, type Services } from '../composition/services.js';

export type WorkerRole = 'pipeline' | 'training';

export interface RunWorkersOptions {
  readonly config: Config;
  readonly endpoints: Endpoints;
  /** Both may run in one process: `pipeline` runs workflows and I/O, `training` starts the computing processes. */
  readonly roles: readonly WorkerRole[];
  /** On abort no new step is taken, running ones fail for another attempt, and the promise resolves. */
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  /** Replaces connected stores, for tests. */
  readonly services?: Services;
  /** Replaces the child processes, for tests. */
  readonly runner?: JobRunner;
  /** Called once every worker polls. */
  readonly onReady?: () => void;
}

/** Time for running steps to stop; their processes are killed within two seconds. */
const SHUTDOWN_GRACE = '5 seconds';

/** Limits the delay of a cancellation, which arrives with the answer to a heartbeat. */
const HEARTBEAT_INTERVAL = '1 second';

/**
 * Runs workers until the signal aborts: connects, migrates schemas, registers search attributes, polls.
 * @throws PipelineError `SERVICE_UNAVAILABLE` or `SERVICE_REFUSED` when the orchestrator does not answer or accept it at the start.
 */
export async function runWorkers(options: RunWorkersOptions): Promise<void> {
  const { config, endpoints, roles, signal } = options;
  const logger = options.logger ?? createLogger({ level: config.logLevel, name: `worker-${roles.join('-')}` });
  installRuntime(logger);
  const server = temporalServer(config, endpoints);
  await prepareServer(server, logger);
  const services = options.services ?? (await connectServices(config, endpoints, logger));
  const webhooks = await webhooksOf(options, services);
  const ended = new AbortController();
  const control = { signal: AbortSignal.any([signal, ended.signal]), logger };
  const connection = await connectWith(server, (settings) => NativeConnection.connect(settings));
  try {
    const { runner } = options;
    const parts = { config, endpoints, services, ...(runner === undefined ? {} : { runner }) };
    const workerDeploymentOptions = deploymentOptions(config);
    const shared = {
      connection,
      namespace: server.namespace,
      workerDeploymentOptions,
      ...sharedOptions(parts, logger),
    };
    const create = async (role: WorkerRole): Promise<Worker> => Worker.create(await roleOptions(role, config, shared));
    const workers = await Promise.all(roles.map(create));
    options.onReady?.();
    logger.info({ roles, queue: queueOf(config), build: deploymentVersion(config).buildId }, 'workers poll');
    await Promise.all([
      runUntil(workers, signal).finally(() => ended.abort()),
      announceBuild(options, server, logger),
      webhooks && deliverWebhooks(webhooks, control),
    ]);
  } finally {
    await connection.close();
    if (options.services === undefined) await services.close();
  }
}

/**
 * What pipeline workers send to receivers, as the API does, so that a platform without an API tells them too; null: nothing.
 * @throws PipelineError as `openKeyRing`.
 */
async function webhooksOf({ config, roles }: RunWorkersOptions, { pool }: Services): Promise<DeliverOptions | null> {
  if (!roles.includes('pipeline') || config.webhookUrls.length === 0) return null;
  return { database: pool, endpoints: config.webhookUrls.map(endpointOf), keys: await openKeyRing(config) };
}

let runtimeInstalled = false;

/** Must run once in a process, before the first connection. */
function installRuntime(logger: Logger): void {
  if (runtimeInstalled) return;
  runtimeInstalled = true;
  Runtime.install({ logger: temporalLogger(logger), shutdownSignals: [] });
}

async function prepareServer(server: TemporalServer, logger: Logger): Promise<void> {
  const client = await connectTemporal(server);
  try {
    const added = await ensureSearchAttributes(client);
    if (added.length > 0) logger.info({ added }, 'search attributes registered');
  } finally {
    await client.connection.close();
  }
}

/** Pinned, new runs begin on the current build of the deployment, which need not be that of this worker. */
async function announceBuild({ config, signal }: RunWorkersOptions, server: TemporalServer, logger: Logger) {
  if (config.workers.versioning !== 'pinned') return;
  const version = deploymentVersion(config);
  const client = await connectTemporal(server);
  try {
    const current = await ensureCurrentBuild(client, version, signal);
    logger.info({ ...version, current }, 'a run stays on the build that began it; new runs begin on the current one');
  } catch (err) {
    // Where it takes an administrator, one has to do it; runs that began on this build need the worker in any case.
    logger.warn({ ...version, err }, 'this worker cannot find or make the current build');
  } finally {
    await client.connection.close();
  }
}

const recordUsage = ({ usage }: Services, logger: Logger) =>
  createUsageInterceptor(usage, (err) => logger.warn({ err }, 'the usage of a step was not recorded'));

const sharedOptions = (parts: ActivityParts, logger: Logger) => ({
  activities: createActivities(parts),
  interceptors: {
    activity: [createFaultInterceptor(retryLimitsOf(parts.config)), recordUsage(parts.services, logger)],
  },
  shutdownGraceTime: SHUTDOWN_GRACE,
  maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL,
});

const retryLimitsOf = ({ retry }: Config): RetryLimits => ({
  outagePatienceMs: retry.outagePatienceHours * 3_600_000,
  longestPauseMs: retry.outageRetrySeconds * 1000,
  crashAttempts: retry.crashAttempts,
});

const queueOf = (config: Config): string => `${config.taskQueuePrefix}${PIPELINE_QUEUE}`;

async function roleOptions(role: WorkerRole, config: Config, shared: Partial<WorkerOptions>): Promise<WorkerOptions> {
  const queue = queueOf(config);
  if (role === 'training')
    return {
      ...shared,
      taskQueue: trainingQueueOf(queue),
      maxConcurrentActivityTaskExecutions: config.trainingSlots ?? availableParallelism(),
    };
  return {
    ...shared,
    taskQueue: queue,
    maxConcurrentActivityTaskExecutions: config.pipelineSlots,
    ...(await workflowCode(Runtime.instance().logger)),
  };
}

/** Runs all workers; when one fails the others are stopped too, so that a supervisor restarts the process. */
async function runUntil(workers: readonly Worker[], signal: AbortSignal): Promise<void> {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  signal.addEventListener('abort', shutdown, { once: true });
  const running = workers.map((worker) => worker.run());
  if (signal.aborted) shutdown();
  try {
    await Promise.all(running);
  } finally {
    signal.removeEventListener('abort', shutdown);
    shutdown();
    await Promise.allSettled(running);
  }
}
