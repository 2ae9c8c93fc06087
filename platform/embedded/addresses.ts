import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.js';

/** An address with its password masked, for display and logs. Text that is not a URL is returned unchanged. */
export function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.password === '') return address;
  url.password = '***';
  return url.href;
}

/** URI of the artefact store: ARTIFACT_URI, else a folder in the state directory. */
export const artifactUriOf = (config: Pick<Config, 'artifactUri' | 'home'>): string =>
  config.artifactUri ?? pathToFileURL(join(config.home, 'artefacts')).href;

/** Fingerprint of an unset setting, also of one that is absent from the state file of an older version. */
const UNSET = 'embedded';

/** Hashes (they may contain passwords) of the settings that a platform depends on, by variable name. */
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

/** Settings that are compared only if the command's configuration sets them. */
const COMPARED_WHEN_SET: ReadonlySet<string> = new Set(['ENCODER_PATH']);

/** Names of the settings in which a configuration differs from that of a running platform. */
export function differingSettings(config: Config, running: Readonly<Record<string, string>>): string[] {
  const wanted = addressFingerprints(config);
  return Object.keys(wanted).filter((name) => {
    if (COMPARED_WHEN_SET.has(name) && wanted[name] === UNSET) return false;
    return wanted[name] !== (running[name] ?? UNSET);
  });
}
