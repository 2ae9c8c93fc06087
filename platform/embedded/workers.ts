import { hostname } from 'node:os';
import { PIPELINE_QUEUE, TRAINING_QUEUE } from '../../contracts/workflows.js';
import type { Config } from '../config/config.js';
import { pollersAt } from '../temporal/pollers.js';
import { temporalServer } from '../temporal/server.js';
import { temporaryEnvironment } from '../temporary-folders.js';
import { configEnvironment, endpointEnvironment } from './config-environment.js';
import type { Endpoints } from './endpoints.js';
import { nodeCommand } from './processes/node-command.js';
import type { ServicePlan } from './service.js';
import { REPORTS_PATH } from './temporal/report-pages.js';

/** The kinds of worker; each polls the task queue of the same name. */
export const workerRoles = ['pipeline', 'training'] as const;
/** One of `workerRoles`. */
export type WorkerRole = (typeof workerRoles)[number];

const queues: Record<WorkerRole, string> = { pipeline: PIPELINE_QUEUE, training: TRAINING_QUEUE };

/** Name of the task queue that a role polls, with the configured prefix. */
export const queueOf = (role: WorkerRole, config: Pick<Config, 'taskQueuePrefix'>): string =>
  `${config.taskQueuePrefix}${queues[role]}`;

/** Pages are served beside the local UI, so that a link without a host opens them there under every name and port. */
const reportEnvironment = ({ reportUrl }: Config, { temporal }: Endpoints): Record<string, string> =>
  reportUrl === null && temporal.uiUrl !== null ? { REPORT_URL: REPORTS_PATH } : {};

/** Plans `ml worker <role>` with the addresses in its environment; it is ready when the server lists it as a poller. */
export function planWorker(role: WorkerRole, config: Config, endpoints: Endpoints): ServicePlan {
  const queue = queueOf(role, config);
  return {
    name: `worker-${role}`,
    version: `node ${process.versions.node}`,
    origin: 'this project',
    where: `task queue ${queue}`,
    command: {
      ...nodeCommand('cli', ['worker', role]),
      env: {
        ...configEnvironment(config),
        ...endpointEnvironment(endpoints),
        ...reportEnvironment(config, endpoints),
        ...temporaryEnvironment(config.home),
      },
    },
    stopSignal: 'SIGTERM',
    stopGraceMs: 20_000,
    readyWithinMs: 180_000, // bundling the workflows on a loaded machine takes half a minute
    ping: async (pid) => {
      const pollers = await pollersAt(temporalServer(config, endpoints), queue);
      if (!pollers.some((identity) => identity.startsWith(`${pid}@`)))
        throw new Error(`no poller ${pid}@${hostname()} on ${queue}`);
    },
  };
}
