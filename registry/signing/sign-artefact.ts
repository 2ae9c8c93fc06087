import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { loadManifest } from '../artefacts.js';
import type { RegistryDatabase } from '../tables.js';
import { writeBundle } from './bundle.js';
import { modelStatement, signedFilesOf } from './model-statement.js';
import { provenanceFacts, provenanceStatement } from './provenance.js';
import { insertSignatures, type SignableVersion } from './signature-table.js';

export interface SigningDeps {
  readonly blobs: BlobStore;
  readonly keys: () => Promise<Pick<KeyRing, 'signBytes'>>;
}

/** Signs a version's artefact and how it was made, in the transaction that registers it. */
export type SignVersion = (transaction: RegistryDatabase, version: SignableVersion) => Promise<void>;

/**
 * Signs by the newest version of the key `artefacts`. The files are not read: their digests stand in the manifest, whose
 * own digest is the artefact's hash.
 * @throws PipelineError `KEY_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`.
 */
export const createVersionSigner =
  ({ blobs, keys }: SigningDeps): SignVersion =>
  async (transaction, version) => {
    const { artefactHash } = version;
    const manifest = await loadManifest(blobs, artefactHash);
    const ring = await keys();
    const files = signedFilesOf(artefactHash, manifest);
    const statements = {
      signature: modelStatement(version.modelName, files),
      provenance: provenanceStatement(files, manifest, await provenanceFacts(transaction, version)),
    };
    let fingerprint = '';
    const sign = (content: Uint8Array) => {
      const signed = ring.signBytes('artefacts', content);
      fingerprint = signed.fingerprint;
      return signed;
    };
    const signed = (['signature', 'provenance'] as const).map((kind) => {
      const bundle = writeBundle(statements[kind], sign);
      return { kind, bundle, fingerprint };
    });
    await insertSignatures(transaction, artefactHash, signed);
  };
