import type pg from 'pg';
import type { Logger } from 'pino';
import type { PipelineError } from '../contracts/errors.js';
import { createAlertBook } from '../monitoring/alerts/alerts.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { Config } from '../platform/config/config.js';
import { createMissingKeys, readKeys } from '../platform/keys/key-file.js';
import { type KeyRing, openKeyRing } from '../platform/keys/key-ring.js';
import { markEarlierArtefactsSigned } from '../platform/keys/trusted-keys.js';
import { endpointOf } from '../platform/outbox/outbox.js';
import { asDatabaseFault } from '../platform/postgres/faults.js';
import { createKysely } from '../platform/postgres/pool.js';
import { findSignatures, listUnsigned } from '../registry/signing/signature-table.js';
import { createVersionSigner } from '../registry/signing/sign-artefact.js';
import { signVersions, subjectOfArtefact } from '../registry/signing/sign-versions.js';
import { createArtefactVerifier, type RequireSigned } from '../registry/signing/verify-artefact.js';
import type { RegistryDatabase, RegistryTables } from '../registry/tables.js';

type KeySettings = Pick<Config, 'home' | 'keyRingFile'>;

/** The registry's tables over a pool. */
export const registryDatabase = (pool: pg.Pool): RegistryDatabase =>
  createKysely<RegistryTables>(pool).withSchema('registry');

/** The key ring, opened on first use; an opening that failed is tried again. */
function lazyRing(settings: KeySettings): () => Promise<KeyRing> {
  let ring: Promise<KeyRing> | null = null;
  return () => {
    ring ??= openKeyRing(settings).catch((fault: unknown) => {
      ring = null;
      throw fault;
    });
    return ring;
  };
}

/** Signs versions at their registration. */
export const versionSigner = (blobs: BlobStore, settings: KeySettings) =>
  createVersionSigner({ blobs, keys: lazyRing(settings) });

/** Where signatures are looked up, and who is told of refused ones. */
export interface VerifierSettings {
  readonly pool: () => pg.Pool;
  readonly keys: KeySettings;
  readonly webhookUrls: readonly string[];
}

/** Checks signatures before artefacts are loaded; a refusal opens an alert, and an acceptance ends it. */
export function artefactVerifier({ pool, keys, webhookUrls }: VerifierSettings): RequireSigned {
  return createArtefactVerifier({
    keys: lazyRing(keys),
    find: (artefactHash) =>
      findSignatures(registryDatabase(pool()), artefactHash).catch((fault: unknown) => {
        throw asDatabaseFault(fault);
      }),
    // An alert that cannot be stored must not decide whether an artefact is loaded.
    onOutcome: (artefactHash, refusal) =>
      tellOutcome(pool(), webhookUrls, { artefactHash, refusal }).catch(() => undefined),
  });
}

async function tellOutcome(
  pool: pg.Pool,
  webhookUrls: readonly string[],
  { artefactHash, refusal }: { readonly artefactHash: string; readonly refusal: PipelineError | null },
): Promise<void> {
  const alerts = createAlertBook(pool, webhookUrls.map(endpointOf));
  const about = { kind: 'artefact-refused', subject: await subjectOfArtefact(registryDatabase(pool), artefactHash) } as const; // prettier-ignore
  if (refusal === null) await alerts.resolve(about);
  else await alerts.raise({ ...about, severity: 'critical', message: refusal.message });
}

/** Actor of what the program does by itself. */
const PROGRAM = 'ml-services';

/**
 * Signs, once for a key ring, the artefacts that were registered before artefacts were signed; from then on one without
 * a signature is refused. A ring that has no key for it yet is left alone. What cannot be signed is logged.
 */
export async function signEarlierArtefacts(
  database: RegistryDatabase,
  blobs: BlobStore,
  settings: KeySettings,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  if (!(await canSignEarlier(settings))) return;
  const versions = await listUnsigned(database, null);
  const sign = versionSigner(blobs, settings);
  const reason = 'registered before artefacts were signed';
  const outcomes = await signVersions(database, sign, { versions, actor: PROGRAM, reason });
  await markEarlierArtefactsSigned(settings);
  const failed = outcomes.filter(({ failure }) => failure !== null);
  if (failed.length > 0) logger.warn({ failed }, 'these versions could not be signed and are not loaded');
}

async function canSignEarlier(settings: KeySettings): Promise<boolean> {
  try {
    if (settings.keyRingFile === null && readKeys(settings).keys.artefacts === undefined)
      await createMissingKeys(settings);
    const { keys, earlierArtefactsSignedAt } = readKeys(settings);
    return earlierArtefactsSignedAt === undefined && keys.artefacts !== undefined;
  } catch {
    return false; // who needs the ring is told why it cannot be read
  }
}
