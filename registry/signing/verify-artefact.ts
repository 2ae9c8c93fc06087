import { type PipelineError, pipelineError } from '../../contracts/errors.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import type { PublicKey } from '../../platform/keys/public-keys.js';
import { openBundle } from './bundle.js';
import { fileDifference, MANIFEST_FILE, readModelStatement, type SignedFile } from './model-statement.js';
import type { StoredSignature } from './signature-table.js';

/** Passes when a trusted key has signed the artefact. @throws PipelineError `ARTEFACT_UNSIGNED`, `SIGNATURE_REFUSED`. */
export type RequireSigned = (artefactHash: string) => Promise<void>;

/** The verdict on one signature. */
export interface SignatureFinding {
  readonly fingerprint: string;
  /** Name of the key; null when it is not known here. */
  readonly label: string | null;
  /** Null: it holds. */
  readonly refused: string | null;
}

export interface ArtefactVerifierDeps {
  /** The stored bundles of an artefact. */
  readonly find: (artefactHash: string) => Promise<readonly StoredSignature[]>;
  readonly keys: () => Promise<Pick<KeyRing, 'publicKeys'>>;
  /** Told of the outcome: null when the artefact was accepted. Its own failures must not matter. */
  readonly onOutcome?: (artefactHash: string, refusal: PipelineError | null) => Promise<void>;
}

/**
 * Checks the signature of an artefact before it is loaded. The statement names the digest of the manifest, which is the
 * artefact's hash, and the manifest those of the files, which the store verifies as it reads them.
 */
export const createArtefactVerifier =
  ({ find, keys, onOutcome = () => Promise.resolve() }: ArtefactVerifierDeps): RequireSigned =>
  async (artefactHash) => {
    const stored = (await find(artefactHash)).filter(({ kind }) => kind === 'signature');
    const known = (await keys()).publicKeys('artefacts');
    const findings = stored.map((one) => judgeSignature(one, artefactHash, known));
    const refusal = findings.some(({ refused }) => refused === null) ? null : refusalOf(artefactHash, findings);
    await onOutcome(artefactHash, refusal);
    if (refusal !== null) throw refusal;
  };

function refusalOf(artefactHash: string, findings: readonly SignatureFinding[]): PipelineError {
  if (findings.length === 0) return pipelineError('ARTEFACT_UNSIGNED', { artefactHash });
  const finding = findings.map(({ refused }) => refused ?? '').join('; another one ');
  return pipelineError('SIGNATURE_REFUSED', { subject: `the artefact ${artefactHash.slice(0, 12)}`, finding });
}

/** @param files - of the manifest, when they are known: then they are compared too. */
export function judgeSignature(
  { fingerprint, bundle }: StoredSignature,
  artefactHash: string,
  keys: readonly PublicKey[],
  files: readonly SignedFile[] | null = null,
): SignatureFinding {
  const opened = openBundle(bundle, keys);
  const about = { fingerprint, label: opened.key?.label ?? null };
  if ('refused' in opened) return { ...about, refused: opened.refused };
  const signed = readModelStatement(opened.statement);
  if (typeof signed === 'string') return { ...about, refused: signed };
  const manifest = signed.find(({ name }) => name === MANIFEST_FILE);
  if (manifest?.digest !== artefactHash) return { ...about, refused: 'is that of another artefact' };
  return { ...about, refused: files === null ? null : fileDifference(signed, files) };
}

/** Codes by which an artefact is refused for its signature. */
export const signatureCodes: readonly string[] = ['ARTEFACT_UNSIGNED', 'SIGNATURE_REFUSED'];
