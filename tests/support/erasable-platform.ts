import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { eraseCustomer, type ErasureDeps } from '../../activities/erasure/erase-customer.js';
import { erasureDeps } from '../../composition/erasure.js';
import { connectServices, type Services } from '../../composition/services.js';
import type { SnapshotRef } from '../../contracts/activities.js';
import { backendTables } from '../../contracts/backend.js';
import { readForgotten } from '../../datasets/erasure/forgotten.js';
import { extractTable } from '../../datasets/snapshots/extract.js';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';

/** Where the stores of a platform without Temporal are. */
export interface ErasableOrder {
  readonly folder: string;
  readonly databaseUrl: string;
}

/** Stores that hold customers, without workers: everything that an erasure touches. */
export interface ErasablePlatform {
  readonly config: Config;
  readonly services: Services;
  readonly deps: ErasureDeps;
  /** Extracts all tables as the data pipeline does. @param parent - hash of the snapshot before it. */
  snapshot(runKey: string, options: { readonly asOf: number; readonly parent?: string }): Promise<SnapshotRef>;
}

const quiet = pino({ level: 'silent' });

export async function openErasable({ folder, databaseUrl }: ErasableOrder): Promise<ErasablePlatform> {
  const config = readConfig({ ML_HOME: folder, ML_CACHE: folder }, folder);
  const endpoints: Endpoints = {
    ...{ databaseUrl, backendDatabaseUrl: null, redisUrl: null },
    temporal: { address: '', namespace: 'default', uiUrl: null },
    artifactUri: pathToFileURL(join(folder, 'blobs')).href,
  };
  const services = await connectServices(config, endpoints, quiet);
  const temporal = () => Promise.reject(new Error('this platform has no Temporal'));
  const deps = await erasureDeps({ config, endpoints, services }, { temporal, logger: quiet });
  const { pool, blobs, snapshotLog: log } = services;
  return {
    config,
    services,
    deps: { ...deps, activeRuns: () => Promise.resolve([]) },
    async snapshot(runKey, { asOf, parent }) {
      const source = 'generated';
      const forgotten = await readForgotten(pool, source, () => openKeyRing(config));
      const common = { pool, blobs, source, asOf, chunkRows: 500, signal: new AbortController().signal };
      const tables = [];
      for (const name of backendTables) {
        const options = { ...common, feedbackPool: pool, spec: tableSpecs[name], buckets: 4, forgotten };
        tables.push(await extractTable({ ...options, ...(parent !== undefined && { parent }) }));
      }
      return commitSnapshot({ blobs, log, runKey, source, asOf, codeVersion: 'test', tables });
    },
  };
}

/** A process of its own, which is killed at one of its changes: `ERASURE_ORDER` says where the stores are and at which. */
export interface DeadlyErasure extends ErasableOrder {
  readonly userId: string;
  /** Number of the change at which the process kills itself, from 1. */
  readonly dieAt: number;
}

/** Calls `count` before each call of one of these methods. */
function counting<Target extends object>(target: Target, names: readonly (keyof Target)[], count: () => void): Target {
  return new Proxy(target, {
    get(from, name) {
      const found = Reflect.get(from, name) as unknown;
      if (typeof found !== 'function') return found;
      return (...args: unknown[]) => {
        if (names.includes(name as keyof Target)) count();
        return (found as (...given: unknown[]) => unknown).apply(from, args);
      };
    },
  });
}

/** Erases a customer and dies at a change. @returns the number of changes when it was not reached. */
export async function eraseAndDie({ userId, dieAt, ...order }: DeadlyErasure): Promise<number> {
  const { deps } = await openErasable(order);
  let changes = 0;
  const count = (): void => {
    if (++changes === dieAt) process.kill(process.pid, 'SIGKILL');
  };
  const mortal: ErasureDeps = {
    ...deps,
    pool: counting(deps.pool, ['connect'], count),
    blobs: counting(deps.blobs, ['put', 'putFile', 'removeOlder'], count),
    onlineStore: counting(deps.onlineStore, ['forget'], count),
    checkpoints: counting(deps.checkpoints, ['clear'], count),
  };
  const { listCustomer } = await import('../../activities/erasure/erase-customer.js');
  const request = { userId, source: null, reason: null, requestedBy: 'test' };
  await eraseCustomer(mortal, await listCustomer(deps, request), request);
  return changes;
}
