import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.js';

/** An address without its password, for people and logs. Text that is no URL comes back as it is. */
export function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.password === '') return address;
  url.password = '***';
  return url.href;
}

/** Where artefacts go: ARTIFACT_URI, or a folder of the state directory. */
export const artifactUriOf = (config: Pick<Config, 'artifactUri' | 'home'>): string =>
  config.artifactUri ?? pathToFileURL(join(config.home, 'artefacts')).href;

/** Stands for a setting that is not there, also in the record of a version that did not know it yet. */
const UNSET = 'embedded';

/** The settings that say what a platform stands on, by the name of their variable; hashed, they hold passwords. */
export function addressFingerprints(config: Config): Record<string, string> {
  const { tls, apiKey } = config.temporal;
  const settings: Record<string, string | null> = {
    TEMPORAL_ADDRESS: config.temporal.address,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    TEMPORAL_TLS: tls === null ? null : JSON.stringify([tls.certPath, tls.keyPath, tls.caPath, tls.serverName]),
    TEMPORAL_API_KEY: apiKey,
    DATABASE_URL: config.databaseUrl,
    BACKEND_DATABASE_URL: config.backendDatabaseUrl,
    REDIS_URL: config.redisUrl,
    ARTIFACT_URI: config.artifactUri,
    TASK_QUEUE_PREFIX: config.taskQueuePrefix,
    ENCODER_PATH: config.encoder.path,
  };
  const hash = (value: string | null): string =>
    value === null ? UNSET : createHash('sha256').update(value).digest('hex').slice(0, 16);
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, hash(value)]));
}

/** A command that does not name one does not mind the one that the platform has. */
const ONLY_WHEN_NAMED: ReadonlySet<string> = new Set(['ENCODER_PATH']);

/** Names of the settings in which a configuration differs from that of a running platform. */
export function differingSettings(config: Config, running: Readonly<Record<string, string>>): string[] {
  const wanted = addressFingerprints(config);
  return Object.keys(wanted).filter((name) => {
    if (ONLY_WHEN_NAMED.has(name) && wanted[name] === UNSET) return false;
    return wanted[name] !== (running[name] ?? UNSET);
  });
}
