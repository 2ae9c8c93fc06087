/** What keys of an algorithm do. An asymmetric algorithm would keep its private key as `secret` in PKCS 8. */
export const algorithms = ['aes-256-gcm', 'hmac-sha256'] as const;
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
  pseudonyms: { algorithm: 'hmac-sha256', purpose: 'hashes columns of sources, as a data policy says' },
  webhooks: { algorithm: 'hmac-sha256', purpose: 'signs webhooks; their receivers have it too' },
} as const satisfies Readonly<Record<string, KnownKey>>;

export type KeyName = keyof typeof knownKeys;
type NamesOf<Wanted extends Algorithm> = {
  [Name in KeyName]: (typeof knownKeys)[Name]['algorithm'] extends Wanted ? Name : never;
}[KeyName];
export type EncryptionKeyName = NamesOf<'aes-256-gcm'>;
export type SigningKeyName = NamesOf<'hmac-sha256'>;

export const keyNames = Object.keys(knownKeys) as readonly KeyName[];

/** Bytes of a fresh key: 256 bits for both algorithms. */
export const KEY_BYTES = 32;
