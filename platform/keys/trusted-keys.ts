import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { changeKeys, readKeys } from './key-file.js';
import type { StoredKeys } from './stored-keys.js';
import { fingerprintOf, parsePublicKey, pemOf, type PublicKey, publicKeysIn } from './public-keys.js';

type KeySettings = Pick<Config, 'home' | 'keyRingFile'>;

/** A change of the ring with the means to take it back. */
export interface ChangedKey {
  readonly key: PublicKey;
  readonly undo: () => Promise<void>;
}

/** Letters, digits and what separates words in names. */
const LABEL = /^[A-Za-z0-9][\w.@ -]{0,63}$/;

/**
 * Accepts the signatures of another installation's key, or of a person's.
 * @throws PipelineError `INVALID_INPUT` for a key that is not of P-256, or a name that is malformed or taken; `CONFLICT`
 *   for a key that is known already.
 */
export async function trustKey(
  settings: KeySettings,
  { pem, from, label }: { readonly pem: string; readonly from: string; readonly label: string },
): Promise<ChangedKey> {
  const key = parsePublicKey(pem, from);
  const fingerprint = fingerprintOf(key);
  if (!LABEL.test(label)) throw new PipelineError('INVALID_INPUT', 'a name has up to 64 letters, digits, ".", "_", "-", "@" and spaces'); // prettier-ignore
  const addedAt = new Date().toISOString();
  await changeKeys(settings, (stored) => {
    const known = publicKeysIn(stored);
    if (known.some((one) => one.label === label))
      throw new PipelineError('INVALID_INPUT', `there is a key "${label}" already`);
    const same = known.find((one) => one.fingerprint === fingerprint);
    if (same !== undefined) throw new PipelineError('CONFLICT', `this key is known as "${same.label}"${same.revoked === null ? '' : ', and revoked'}`); // prettier-ignore
    const trusted = [...(stored.trusted ?? []), { label, addedAt, publicKey: pemOf(key) }];
    return { keys: { ...stored, trusted }, result: undefined };
  });
  const undo = () =>
    changeKeys(settings, (stored) => ({
      keys: { ...stored, trusted: (stored.trusted ?? []).filter((one) => one.label !== label) },
      result: undefined,
    }));
  return { key: publicKeysIn(readKeys(settings)).find((one) => one.fingerprint === fingerprint)!, undo };
}

/**
 * Refuses from now on what a key has signed.
 * @param wanted - its name, or the first eight or more digits of its fingerprint.
 * @throws PipelineError `KEY_NOT_FOUND`; `CONFLICT` when it is revoked already, or signs: rotate first.
 */
export async function revokeKey(
  settings: KeySettings,
  { wanted, reason }: { readonly wanted: string; readonly reason: string },
): Promise<ChangedKey> {
  const revoked = { at: new Date().toISOString(), reason };
  const key = await changeKeys(settings, (stored) => {
    const found = findPublicKey(stored, wanted);
    requireRevocable(stored, found);
    return { keys: withRevocation(stored, found, revoked), result: found };
  });
  const undo = () =>
    changeKeys(settings, (stored) => ({ keys: withRevocation(stored, key, undefined), result: undefined }));
  return { key: { ...key, revoked }, undo };
}

const FEWEST_DIGITS = 8;

function findPublicKey(stored: StoredKeys, wanted: string): PublicKey {
  const known = publicKeysIn(stored);
  const isPrefix = wanted.length >= FEWEST_DIGITS && /^[0-9a-f]+$/.test(wanted);
  const matches = known.filter(
    ({ label, fingerprint }) => label === wanted || (isPrefix && fingerprint.startsWith(wanted)),
  );
  if (matches.length === 1) return matches[0]!;
  const finding = `is not known; known: ${known.map(({ label, fingerprint }) => `${label} (${fingerprint.slice(0, 12)})`).join(', ')}`;
  throw pipelineError('KEY_NOT_FOUND', { name: wanted, finding });
}

function requireRevocable(stored: StoredKeys, { label, own, fingerprint, revoked }: PublicKey): void {
  if (revoked !== null)
    throw new PipelineError('CONFLICT', `"${label}" was revoked at ${revoked.at}: ${revoked.reason}`);
  const isSigning = own && publicKeysIn(stored).find((one) => one.own)?.fingerprint === fingerprint;
  if (isSigning) throw new PipelineError('CONFLICT', `"${label}" signs new artefacts; first: ml keys rotate artefacts`);
}

type Revocation = { readonly at: string; readonly reason: string } | undefined;

/** @param revoked - undefined takes the revocation back. */
function withRevocation(stored: StoredKeys, { own, label }: PublicKey, revoked: Revocation): StoredKeys {
  if (!own) {
    const trusted = stored.trusted?.map((one) => (one.label === label ? { ...one, revoked } : one));
    return { ...stored, trusted };
  }
  const pair = stored.keys.artefacts!;
  const versions = pair.versions.map((one) => (`artefacts ${one.version}` === label ? { ...one, revoked } : one));
  return { ...stored, keys: { ...stored.keys, artefacts: { ...pair, versions } } };
}

/** Notes that artefacts from before they were signed have signatures now, so that this is never done again by itself. */
export const markEarlierArtefactsSigned = (settings: KeySettings): Promise<void> =>
  changeKeys(settings, (stored) => ({
    keys: stored.earlierArtefactsSignedAt === undefined ? { ...stored, earlierArtefactsSignedAt: new Date().toISOString() } : stored, // prettier-ignore
    result: undefined,
  }));
