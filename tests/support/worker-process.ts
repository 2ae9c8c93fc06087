import { existsSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import pino from 'pino';
import type { JobRunner } from '../../platform/child-process/job.js';
import { type Config } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { createRunner } from '../../composition/activities.js';
import { runWorkers, type WorkerRole } from '../../workers/run-worker.js';
import { connectServices, type Services } from '../../composition/services.js';

/** The order to a worker process: its settings, and the moment at which it kills itself once. */
export interface WorkerOrder {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly roles: readonly WorkerRole[];
  /** `second-shard`: while it is computed; `round-40-60`: while boosting; `before-commit`: the artefact is stored, the registry does not know it yet. */
  readonly dieAt:
    | 'never'
    | 'round-40-60'
    | 'before-commit'
    | 'before-registration'
    | 'second-shard'
    /** Decision and alert are committed, the retraining is not started. */
    | 'after-drift-decision';
  /** Written before the kill; a worker that finds this file runs on. */
  readonly markerFile: string;
}

const order = JSON.parse(process.env.WORKER_ORDER ?? '') as WorkerOrder;

/** Kills with SIGKILL instead of an exit: no handler runs and nothing is flushed. */
function dieOnce(where: string): void {
  if (existsSync(order.markerFile)) return;
  writeFileSync(order.markerFile, where);
  process.kill(process.pid, 'SIGKILL');
}

/** Kills the worker in the middle of the boosting rounds, while its computing process runs. */
const mortal = (runner: JobRunner): JobRunner => ({
  run: (request, options) =>
    runner.run(request, {
      ...options,
      onProgress: (progress) => {
        if (progress.stage === 'boosting' && progress.done >= 40 && progress.done <= 60)
          dieOnce(`round ${progress.done}`);
        options.onProgress(progress);
      },
    }),
});

/** Kills the worker in the middle of one shard. */
const mortalShard = (runner: JobRunner): JobRunner => ({
  run: (request, options) =>
    runner.run(request, {
      ...options,
      onProgress: (progress) => {
        const { shard } = request.input as { readonly shard?: { readonly index: number } };
        if (request.job === 'fitShard' && shard?.index === 1 && progress.done >= 1) dieOnce('second shard');
        options.onProgress(progress);
      },
    }),
});

const deadly: Partial<Record<WorkerOrder['dieAt'], (runner: JobRunner) => JobRunner>> = {
  'round-40-60': mortal,
  'second-shard': mortalShard,
};

/** A pool that kills the worker after the commit of a decision about drift. */
const mortalPool = (pool: pg.Pool): pg.Pool =>
  new Proxy(pool, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      // Its own methods call `connect` with a callback.
      if (name !== 'connect') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      return async () => {
        const client = await target.connect();
        let isDecided = false;
        const query = (...given: [string, unknown[]?]) => client.query(...given);
        return new Proxy(client, {
          get(connection, member) {
            if (member !== 'query') return Reflect.get(connection, member, connection) as unknown;
            return async (...given: [string, unknown[]?]) => {
              const result = await query(...given);
              isDecided ||= given[0].includes('insert into monitoring.drift_decisions');
              if (isDecided && given[0] === 'commit') dieOnce('after the decision');
              return result;
            };
          },
        });
      };
    },
  });

/** The services with a registry that kills the worker before one call. */
function withCliff(services: Services): Services {
  const { registry } = services;
  if (order.dieAt === 'after-drift-decision') return { ...services, pool: mortalPool(services.pool) };
  if (order.dieAt === 'before-commit')
    return {
      ...services,
      registry: {
        ...registry,
        recordArtefact: (runKey, modelName, artefact) => {
          if (artefact.role === 'model') dieOnce('before recordArtefact');
          return registry.recordArtefact(runKey, modelName, artefact);
        },
      },
    };
  if (order.dieAt !== 'before-registration') return services;
  const register: typeof registry.register = (input) => {
    dieOnce('before register');
    return registry.register(input);
  };
  return { ...services, registry: { ...registry, register } };
}

// The test holds the other end of stdin: its workers exit when the test process ends.
process.stdin.on('end', () => process.exit(1)).resume();

const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }, pino.destination(2));
const services = await connectServices(order.config, order.endpoints, logger);
// Reports every round: otherwise a fast machine passes the rounds in question between two reports.
const runner = createRunner(order.config, order.endpoints, { progressIntervalMs: 0 });
await runWorkers({
  config: order.config,
  endpoints: order.endpoints,
  roles: order.roles,
  logger,
  services: withCliff(services),
  runner: deadly[order.dieAt]?.(runner) ?? runner,
  signal: new AbortController().signal,
  onReady: () => process.stdout.write('ready\n'),
});
