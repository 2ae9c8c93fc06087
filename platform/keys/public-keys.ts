import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { PipelineError } from '../../contracts/errors.js';
import type { StoredKeys } from './stored-keys.js';
import { keyOfSecret } from './known-keys.js';

/** A public key by which signatures on artefacts are verified. */
export interface PublicKey {
  /** sha256 of the key in PEM, lower-case hex: the hint in a sigstore bundle as model_signing 1.1.1 writes it. */
  readonly fingerprint: string;
  /** SubjectPublicKeyInfo. */
  readonly pem: string;
  readonly key: KeyObject;
  /** `artefacts 2` for the second version of the own key, else the name under which it is trusted. */
  readonly label: string;
  /** Whether this installation has the private half. */
  readonly own: boolean;
  readonly addedAt: string;
  /** What it signed is refused. */
  readonly revoked: { readonly at: string; readonly reason: string } | null;
}

/** @param key - of either half of a pair. */
export const pemOf = (key: KeyObject): string =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'pem', type: 'spki' }) as string;

export const fingerprintOf = (key: KeyObject): string => createHash('sha256').update(pemOf(key)).digest('hex');

/**
 * A P-256 public key in PEM.
 * @throws PipelineError `INVALID_INPUT` for other content, other curves, and private keys, which no other process needs.
 */
export function parsePublicKey(pem: string, from: string): KeyObject {
  if (pem.includes('PRIVATE KEY'))
    throw new PipelineError('INVALID_INPUT', `${from} holds a private key; wanted the public key alone`);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new PipelineError('INVALID_INPUT', `${from} does not hold a public key in PEM`, {}, { cause });
  }
  const curve = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown';
  if (curve === 'prime256v1') return key;
  throw new PipelineError('INVALID_INPUT', `${from} holds a key of ${curve}; wanted one of P-256 (prime256v1)`);
}

/** Every key that the ring knows: own versions newest first, then those of others in the order in which they were added. */
export function publicKeysIn({ keys, trusted = [] }: Pick<StoredKeys, 'keys' | 'trusted'>): readonly PublicKey[] {
  const pair = keys.artefacts;
  const own = (pair?.versions ?? []).map(({ version, createdAt, secret, revoked }) =>
    toPublicKey(keyOfSecret(pair!.algorithm, secret), {
      label: `artefacts ${version}`,
      own: true,
      addedAt: createdAt,
      revoked: revoked ?? null,
    }),
  );
  const others = trusted.map(({ label, addedAt, publicKey, revoked }) =>
    toPublicKey(createPublicKey(publicKey), { label, own: false, addedAt, revoked: revoked ?? null }),
  );
  return [...own.reverse(), ...others];
}

const toPublicKey = (key: KeyObject, about: Pick<PublicKey, 'label' | 'own' | 'addedAt' | 'revoked'>): PublicKey => {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return { fingerprint: fingerprintOf(half), pem: pemOf(half), key: half, ...about };
};
