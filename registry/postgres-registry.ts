import type pg from 'pg';
import type { ModelRegistry } from '../contracts/registry.js';
import { createKysely } from '../platform/postgres/pool.js';
import { migrateSchemas } from '../platform/postgres/schemas.js';
import * as lines from './lines.js';
import { registrySchema } from './migrations/index.js';
import { overrideRejection } from './override.js';
import * as requests from './promotion-requests.js';
import { register } from './registration.js';
import * as runs from './runs.js';
import type { SignVersion } from './signing/sign-artefact.js';
import * as stages from './stages.js';
import type { RegistryTables } from './tables.js';
import { listTransitions } from './transitions.js';
import { lastTransition, listServing } from './serving-versions.js';
import * as versions from './versions.js';
import { withDatabaseFaults } from '../platform/postgres/with-database-faults.js';

/** The registry on PostgreSQL: every method of the contract, and its tables' migrations. */
export interface PostgresRegistry extends ModelRegistry {
  /** Creates or updates schema `registry`; safe from several processes at once. */
  migrate(): Promise<void>;
}

/**
 * Registry in schema `registry` of the pool's database. The caller closes the pool.
 * @param sign - signs each version as it is registered. Absent: versions stay unsigned, and nothing loads them.
 * Beside the contract's codes every method throws `SERVICE_UNAVAILABLE` (retryable) when PostgreSQL is away.
 */
export function createPostgresRegistry(pool: pg.Pool, sign?: SignVersion): PostgresRegistry {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<PostgresRegistry>({
    migrate: async () => {
      await migrateSchemas(pool, [registrySchema]);
    },
    startRun: (input) => runs.startRun(database, input),
    recordDataset: (runKey, modelName, dataset) => runs.recordDataset(database, { runKey, modelName }, dataset),
    recordArtefact: (runKey, modelName, artefact) => runs.recordArtefact(database, { runKey, modelName }, artefact),
    finishRun: (runKey, modelName, outcome) => runs.finishRun(database, { runKey, modelName }, outcome),
    ensureLine: (modelName, line, holdout) => lines.ensureLine(database, { modelName, line }, holdout),
    findLine: (modelName, line) => lines.findLine(database, { modelName, line }),
    refreezeLine: (modelName, line, holdout, actor) =>
      lines.refreezeLine(database, { modelName, line, holdout, actor }),
    findChampion: (modelName, line) => versions.findChampion(database, { modelName, line }),
    register: (input) => register(database, input, sign),
    overrideRejection: (order) => overrideRejection(database, order, sign),
    attachCard: (modelName, line, version, cardHash) =>
      versions.attachCard(database, { modelName, line, version }, cardHash),
    promote: (input) => stages.promote(database, input),
    archive: (input) => stages.archive(database, input),
    rollback: (input) => stages.rollback(database, input),
    openPromotionRequest: (input) => requests.openPromotionRequest(database, input),
    decidePromotionRequest: (requestId, verdict) => requests.decidePromotionRequest(database, requestId, verdict),
    listPromotionRequests: (filter) => requests.listPromotionRequests(database, filter),
    listVersions: (filter) => versions.listVersions(database, filter),
    listServing: () => listServing(database),
    lastTransition: () => lastTransition(database),
    getVersion: (modelName, line, version) => versions.getVersion(database, { modelName, line, version }),
    listTransitions: (modelName, line) => listTransitions(database, { modelName, line }),
    listRuns: (filter) => runs.listRuns(database, filter),
  });
}
