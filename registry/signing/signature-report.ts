import { z } from 'zod';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { PublicKey } from '../../platform/keys/public-keys.js';
import { loadArtefact } from '../artefacts.js';
import { openBundle } from './bundle.js';
import { fileDifference, type SignedFile, signedFilesOf } from './model-statement.js';
import type { StoredSignature } from './signature-table.js';
import { judgeSignature, type SignatureFinding } from './verify-artefact.js';

/** A stored bundle with its verdict. */
export interface ReportedSignature extends SignatureFinding {
  readonly kind: StoredSignature['kind'];
  readonly signedAt: Date;
}

/** Whether an artefact may be loaded, and why. */
export interface SignatureReport {
  readonly artefactHash: string;
  readonly files: number;
  readonly bytes: number;
  /** Whether a trusted key has signed the files as they are. */
  readonly accepted: boolean;
  readonly signatures: readonly ReportedSignature[];
  /** Predicate of the newest statement of origin that a trusted key has signed; null without one. */
  readonly provenance: unknown;
}

const originStatement = z.object({
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })),
  predicate: z.unknown(),
});

/**
 * Reads every file of an artefact and judges every stored bundle.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID` when the files are not what they were.
 */
export async function reportSignatures(
  blobs: BlobStore,
  artefactHash: string,
  found: {
    readonly stored: readonly (StoredSignature & { readonly signedAt: Date })[];
    readonly keys: readonly PublicKey[];
  },
): Promise<SignatureReport> {
  const { manifest } = await loadArtefact(blobs, artefactHash);
  const files = signedFilesOf(artefactHash, manifest);
  const origins = new Map<StoredSignature, unknown>();
  const signatures = found.stored.map((one) => {
    const { kind, signedAt } = one;
    if (kind === 'signature') return { kind, signedAt, ...judgeSignature(one, artefactHash, found.keys, files) };
    const { finding, predicate } = judgeProvenance(one, found.keys, files);
    if (finding.refused === null) origins.set(one, predicate);
    return { kind, signedAt, ...finding };
  });
  return {
    artefactHash,
    files: files.length,
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    accepted: signatures.some(({ kind, refused }) => kind === 'signature' && refused === null),
    signatures,
    provenance: [...origins.values()][0] ?? null,
  };
}

/** The verdict on a statement of origin, which must be about these files. */
function judgeProvenance(
  { fingerprint, bundle }: StoredSignature,
  keys: readonly PublicKey[],
  files: readonly SignedFile[],
): { readonly finding: SignatureFinding; readonly predicate: unknown } {
  const opened = openBundle(bundle, keys);
  const about = { fingerprint, label: opened.key?.label ?? null };
  if ('refused' in opened) return { finding: { ...about, refused: opened.refused }, predicate: null };
  const parsed = originStatement.safeParse(opened.statement);
  if (!parsed.success) return { finding: { ...about, refused: 'is not a statement of origin' }, predicate: null };
  const { subject, predicate } = parsed.data;
  const named = subject.map(({ name, digest }) => ({ name, digest: digest.sha256 }));
  return { finding: { ...about, refused: fileDifference(named, files) }, predicate };
}
