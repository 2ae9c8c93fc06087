import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import type { Config } from '../platform/config/config.js';
import { codeRoot, isCompiled } from '../platform/project.js';

/** gRPC status codes of a deployment whose worker's first poll has not arrived yet. */
const notThereYet: ReadonlySet<number> = new Set([5 /* NOT_FOUND */, 9 /* FAILED_PRECONDITION */]);

/** Time in which the server knows a deployment after its first worker began to poll. */
const REGISTRATION = { withinMs: 30_000, everyMs: 200 };

type VersionSettings = Pick<Config, 'workers' | 'taskQueuePrefix'>;

/** The version of the code that a worker of this process runs: the hash of its build, unless the settings name one. */
export const deploymentVersion = ({ workers, taskQueuePrefix }: VersionSettings): WorkerDeploymentVersion => ({
  deploymentName: `${taskQueuePrefix}ml-services`.replaceAll(/[.:]/g, '-'), // characters that the server refuses
  buildId: workers.buildId ?? (isCompiled ? basename(codeRoot) : 'source'),
});

/**
 * What a worker tells the server about its code. Pinned, a run stays on the workers of the build that began it; else
 * every worker takes every run, replays it, and the build is only noted in the run's history.
 */
export const deploymentOptions = (settings: VersionSettings): WorkerDeploymentOptions =>
  settings.workers.versioning === 'pinned'
    ? { version: deploymentVersion(settings), useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' }
    : { version: deploymentVersion(settings), useWorkerVersioning: false };

/**
 * Makes the first build of a deployment the one on which new runs begin; without one they would wait for ever. A later
 * build waits for its administrator, who may want to watch it first.
 * @returns the build on which new runs begin; null when `signal` aborts, or the server does not know the deployment in time.
 */
export async function ensureCurrentBuild(
  client: Client,
  version: WorkerDeploymentVersion,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = Date.now() + REGISTRATION.withinMs;
  while (!signal.aborted && Date.now() < deadline) {
    try {
      return (await currentBuild(client, version.deploymentName)) ?? (await makeCurrent(client, version));
    } catch (fault) {
      if (!isGrpcServiceError(fault) || !notThereYet.has(fault.code)) throw fault;
      await wait(REGISTRATION.everyMs);
    }
  }
  return null;
}

async function currentBuild({ options, workflowService }: Client, deploymentName: string): Promise<string | null> {
  const { namespace } = options;
  const { workerDeploymentInfo: info } = await workflowService.describeWorkerDeployment({ namespace, deploymentName });
  return info?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
}

/** New runs of the deployment begin on this build. @returns its id. */
export async function makeCurrent({ options, workflowService }: Client, version: WorkerDeploymentVersion) {
  const { namespace, identity } = options;
  await workflowService.setWorkerDeploymentCurrentVersion({ namespace, identity, ...version });
  return version.buildId;
}
