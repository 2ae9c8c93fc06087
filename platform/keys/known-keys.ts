import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** What keys of an algorithm do. The secret of `ecdsa-p256` is the private key in PKCS 8. */
export const algorithms = ['aes-256-gcm', 'hmac-sha256', 'ecdsa-p256'] as const;
export type Algorithm = (typeof algorithms)[number];

interface KnownKey {
  readonly algorithm: Algorithm;
  /** For people: what is encrypted or signed with it. */
  readonly purpose: string;
}

/** Every key of an installation by name. */
export const knownKeys = {
  'prediction-log': { algorithm: 'aes-256-gcm', purpose: 'encrypts inputs and answers in the prediction log' },
  blobs: { algorithm: 'aes-256-gcm', purpose: 'seals the data keys of encrypted blobs (BLOB_ENCRYPTION)' },
  subjects: {
    algorithm: 'hmac-sha256',
    purpose: 'hashes customers and texts that the prediction log does not hold in clear',
  },
  erasures: { algorithm: 'aes-256-gcm', purpose: 'encrypts the id of a customer until the erasure is complete' },
  customers: { algorithm: 'aes-256-gcm', purpose: 'seals the keys of customers (CUSTOMER_KEYS)' },
  pseudonyms: { algorithm: 'hmac-sha256', purpose: 'hashes columns of sources, as a data policy says' },
  webhooks: { algorithm: 'hmac-sha256', purpose: 'signs webhooks; their receivers have it too' },
  artefacts: { algorithm: 'ecdsa-p256', purpose: 'signs the artefacts of versions, and verifies them at each load' },
} as const satisfies Readonly<Record<string, KnownKey>>;

export type KeyName = keyof typeof knownKeys;
type NamesOf<Wanted extends Algorithm> = {
  [Name in KeyName]: (typeof knownKeys)[Name]['algorithm'] extends Wanted ? Name : never;
}[KeyName];
export type EncryptionKeyName = NamesOf<'aes-256-gcm'>;
export type SigningKeyName = NamesOf<'hmac-sha256'>;
/** Keys with a public half. */
export type KeyPairName = NamesOf<'ecdsa-p256'>;

export const keyNames = Object.keys(knownKeys) as readonly KeyName[];

/** Bytes of a fresh symmetric key: 256 bits for both algorithms. */
export const KEY_BYTES = 32;

/** A fresh secret for keys of an algorithm, in base64. */
export const freshSecret = (algorithm: Algorithm): string =>
  algorithm === 'ecdsa-p256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ format: 'der', type: 'pkcs8' })
        .toString('base64')
    : randomBytes(KEY_BYTES).toString('base64');

/** The secret of a key as Node's crypto takes it. @throws when it is not a key of the algorithm. */
export const keyOfSecret = (algorithm: Algorithm, secret: string): KeyObject =>
  algorithm === 'ecdsa-p256'
    ? createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' })
    : createSecretKey(secret, 'base64');
