import type { RegistryDatabase } from '../tables.js';

/** What a stored bundle says. */
export type SignedKind = 'signature' | 'provenance';

/** A bundle to be stored, or as it is stored. */
export interface StoredSignature {
  readonly kind: SignedKind;
  /** Of the key that signed. */
  readonly fingerprint: string;
  readonly bundle: string;
}

/** Stores bundles of an artefact; one of the same kind by the same key stays as it is. */
export async function insertSignatures(
  database: RegistryDatabase,
  artefactHash: string,
  signatures: readonly StoredSignature[],
): Promise<void> {
  const rows = signatures.map(({ kind, fingerprint, bundle }) => ({
    artefact_hash: artefactHash,
    kind,
    fingerprint,
    bundle,
  }));
  await database
    .insertInto('artefact_signatures')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Bundles of an artefact: signatures of its files, newest first, then statements of its origin. */
export async function findSignatures(
  database: RegistryDatabase,
  artefactHash: string,
): Promise<readonly (StoredSignature & { readonly signedAt: Date })[]> {
  const rows = await database
    .selectFrom('artefact_signatures')
    .select(['kind', 'fingerprint', 'bundle', 'signed_at'])
    .where('artefact_hash', '=', artefactHash)
    .orderBy('kind', 'desc')
    .orderBy('signed_at', 'desc')
    .execute();
  return rows.map(({ signed_at: signedAt, ...row }) => ({ ...row, signedAt }));
}

/** A version whose artefact is to be signed. */
export interface SignableVersion {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly runKey: string;
  readonly artefactHash: string;
  readonly definitionHash: string;
}

/** Versions without a signature, or without one by this key. @param fingerprint - null: by any key. */
export async function listUnsigned(
  database: RegistryDatabase,
  fingerprint: string | null,
): Promise<readonly SignableVersion[]> {
  const rows = await database
    .selectFrom('versions')
    .select(['model_name', 'line', 'version', 'run_key', 'artefact_hash', 'definition_hash'])
    .where((is) => {
      const found = is
        .selectFrom('artefact_signatures as s')
        .whereRef('s.artefact_hash', '=', 'versions.artefact_hash')
        .where('s.kind', '=', 'signature')
        .select('s.kind');
      return is.not(is.exists(fingerprint === null ? found : found.where('s.fingerprint', '=', fingerprint)));
    })
    .orderBy('registered_at')
    .execute();
  return rows.map((row) => ({
    modelName: row.model_name,
    line: row.line,
    version: row.version,
    runKey: row.run_key,
    artefactHash: row.artefact_hash,
    definitionHash: row.definition_hash,
  }));
}

/** Names of the versions that have an artefact. */
export async function versionsOfArtefact(database: RegistryDatabase, artefactHash: string): Promise<string[]> {
  const rows = await database
    .selectFrom('versions')
    .select(['model_name', 'line', 'version'])
    .where('artefact_hash', '=', artefactHash)
    .orderBy('registered_at')
    .execute();
  return rows.map(({ model_name: modelName, line, version }) => `${modelName}/${line}/${version}`);
}
