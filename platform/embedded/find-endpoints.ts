import { PipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { artifactUriOf } from './addresses.js';
import type { Endpoints } from './endpoints.js';
import { runningState } from './ensure.js';

/**
 * Addresses of the services from the settings, completed by the platform that runs on this machine; starts nothing.
 * @throws PipelineError `SERVICE_UNAVAILABLE` when neither has an address for Temporal or PostgreSQL.
 */
export function findEndpoints(config: Config): Endpoints {
  const running = runningState(config.home)?.endpoints ?? null;
  return {
    temporal: findTemporalEndpoint(config, running),
    ...findDatabases(config, running),
    redisUrl: config.redisUrl ?? running?.redisUrl ?? null,
    artifactUri: config.artifactUri ?? running?.artifactUri ?? artifactUriOf(config),
  };
}

function findTemporalEndpoint(config: Config, running: Endpoints | null): Endpoints['temporal'] {
  const address = config.temporal.address ?? running?.temporal.address;
  if (address === undefined) throw noAddress('TEMPORAL_ADDRESS', config);
  return { address, namespace: config.temporal.namespace, uiUrl: running?.temporal.uiUrl ?? null };
}

function findDatabases(
  config: Config,
  running: Endpoints | null,
): Pick<Endpoints, 'databaseUrl' | 'backendDatabaseUrl'> {
  const databaseUrl = config.databaseUrl ?? running?.databaseUrl;
  if (databaseUrl === undefined) throw noAddress('DATABASE_URL', config);
  const backendDatabaseUrl = config.backendDatabaseUrl ?? running?.backendDatabaseUrl ?? null;
  return { databaseUrl, backendDatabaseUrl };
}

const noAddress = (setting: string, { home }: Config): PipelineError =>
  new PipelineError('SERVICE_UNAVAILABLE', `set ${setting}, or run \`ml up\` (nothing runs in ${home})`, { setting });
