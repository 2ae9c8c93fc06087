import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  type KeyObject,
  randomBytes,
  sign as signWithKey,
  timingSafeEqual,
} from 'node:crypto';
import { statSync } from 'node:fs';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { createMissingKeys, keyFile, readKeys } from './key-file.js';
import type { StoredKeys } from './stored-keys.js';
import {
  type EncryptionKeyName,
  type KeyName,
  keyOfSecret,
  type KeyPairName,
  type SigningKeyName,
} from './known-keys.js';
import { fingerprintOf, type PublicKey, publicKeysIn } from './public-keys.js';

/** A keyed hash with the version of the key that made it. */
export interface KeyedHash {
  readonly version: number;
  /** HMAC-SHA256, 32 bytes. */
  readonly hash: Buffer;
}

/** Encrypts and signs with the newest version of a key, and opens and verifies with any. */
export interface KeyRing {
  /**
   * AES-256-GCM. @param context - what the bytes belong to, such as a row's id: they open under the same one only.
   */
  seal(name: EncryptionKeyName, content: Uint8Array, context: string): Buffer;
  /** @throws PipelineError `KEY_NOT_FOUND` for a version that is gone; `DECRYPTION_FAILED`. */
  open(name: EncryptionKeyName, sealed: Uint8Array, context: string): Buffer;
  sign(name: SigningKeyName, message: string): KeyedHash;
  /** The hash by one version. @throws PipelineError `KEY_NOT_FOUND` when it is gone. */
  signWith(name: SigningKeyName, version: number, message: string): Buffer;
  /** The hash by every version, newest first: for looking up what older ones have hashed. */
  signByAll(name: SigningKeyName, message: string): readonly KeyedHash[];
  /** False also for a version that is gone. */
  verify(name: SigningKeyName, message: string, given: KeyedHash): boolean;
  /** Every version of a secret, newest first, for those who share it. */
  secretsOf(name: SigningKeyName): readonly Buffer[];
  /** ECDSA with SHA-256 by the newest version of a key pair, in DER. */
  signBytes(name: KeyPairName, content: Uint8Array): PublicSignature;
  /** The public halves of a key pair's versions, newest first, then the keys of others that are trusted. */
  publicKeys(name: KeyPairName): readonly PublicKey[];
}

/** A signature that the public key with this fingerprint verifies. */
export interface PublicSignature {
  readonly fingerprint: string;
  readonly signature: Buffer;
}

type KeySettings = Pick<Config, 'home' | 'keyRingFile'>;

/*
 * Layout of sealed bytes: 1 format, 4 key version (big endian), 12 nonce, content, 16 tag.
 * The nonce is a random number of this process (8 bytes) and a counter (4 bytes): NIST SP 800-38D, 8.2.1. Random nonces
 * alone would allow 2^32 rows a key, which 1000 rows a second reach in 50 days.
 */
const FORMAT = 1;
const [VERSION_AT, NONCE_AT, CONTENT_AT] = [1, 5, 17];
const [NONCE_BYTES, TAG_BYTES] = [12, 16];
const COUNTER_AT = 8;
const ALGORITHM = 'aes-256-gcm';

class Nonces {
  #nonce = randomBytes(NONCE_BYTES);
  #counter = 0;

  next(): Buffer {
    if (this.#counter > 0xff_ff_ff_ff) [this.#nonce, this.#counter] = [randomBytes(NONCE_BYTES), 0];
    this.#nonce.writeUInt32BE(this.#counter++, COUNTER_AT);
    return this.#nonce;
  }
}

interface Version {
  readonly version: number;
  readonly key: KeyObject;
}
type Versions = ReadonlyMap<string, readonly Version[]>;

const toVersions = ({ keys }: StoredKeys): Versions =>
  new Map(
    Object.entries(keys).map(([name, { algorithm, versions }]) => [
      name,
      versions.map(({ version, secret }) => ({ version, key: keyOfSecret(algorithm, secret) })).reverse(),
    ]),
  );

/** Hashes that are kept, of messages that are no longer than ids. */
const [MOST_KEPT, LONGEST_KEPT] = [10_000, 100];

/** How often the file is looked at for keys of a rotation. */
const LOOK_EVERY_MS = 1_000;

class FileKeyRing implements KeyRing {
  readonly #settings: KeySettings;
  readonly #nonces = new Nonces();
  /** Hashes by newest versions, as the same customers come again and again. */
  readonly #recent = new WeakMap<Version, Map<string, KeyedHash>>();
  #versions: Versions = new Map();
  #publicKeys: readonly PublicKey[] = [];
  #mark = '';
  #lookedAt = -Infinity;

  constructor(settings: KeySettings) {
    this.#settings = settings;
    this.#reread();
  }

  seal(name: EncryptionKeyName, content: Uint8Array, context: string): Buffer {
    const { version, key } = this.#newest(name);
    const head = Buffer.allocUnsafe(CONTENT_AT);
    head[0] = FORMAT;
    head.writeUInt32BE(version, VERSION_AT);
    const nonce = this.#nonces.next();
    nonce.copy(head, NONCE_AT);
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(`${name}\n${context}`));
    const body = cipher.update(content);
    cipher.final(); // GCM is a stream cipher: nothing is left
    return Buffer.concat([head, body, cipher.getAuthTag()]);
  }

  open(name: EncryptionKeyName, sealed: Uint8Array, context: string): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes.length < CONTENT_AT + TAG_BYTES || bytes[0] !== FORMAT)
      throw pipelineError('DECRYPTION_FAILED', { name, finding: 'is not in the format of this program' });
    const { key } = this.#version(name, bytes.readUInt32BE(VERSION_AT));
    const nonce = bytes.subarray(NONCE_AT, CONTENT_AT);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(`${name}\n${context}`));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const content = decipher.update(bytes.subarray(CONTENT_AT, -TAG_BYTES));
    try {
      return Buffer.concat([content, decipher.final()]);
    } catch (cause) {
      throw pipelineError(
        'DECRYPTION_FAILED',
        { name, finding: 'was changed, or belongs to something else' },
        { cause },
      );
    }
  }

  sign(name: SigningKeyName, message: string): KeyedHash {
    const newest = this.#newest(name);
    const recent = this.#recent.get(newest) ?? new Map<string, KeyedHash>();
    this.#recent.set(newest, recent);
    const known = recent.get(message);
    if (known !== undefined) return known;
    const hash = hashWith(newest, message);
    if (message.length > LONGEST_KEPT) return hash;
    if (recent.size >= MOST_KEPT) recent.clear();
    recent.set(message, hash);
    return hash;
  }

  signWith(name: SigningKeyName, version: number, message: string): Buffer {
    return hashWith(this.#version(name, version), message).hash;
  }

  signByAll(name: SigningKeyName, message: string): readonly KeyedHash[] {
    return this.#all(name).map((version) => hashWith(version, message));
  }

  verify(name: SigningKeyName, message: string, { version: wanted, hash }: KeyedHash): boolean {
    const version = this.#all(name).find(({ version: each }) => each === wanted);
    if (version === undefined) return false;
    const expected = hashWith(version, message).hash;
    return expected.length === hash.length && timingSafeEqual(expected, hash);
  }

  secretsOf(name: SigningKeyName): readonly Buffer[] {
    return this.#all(name).map(({ key }) => key.export());
  }

  signBytes(name: KeyPairName, content: Uint8Array): PublicSignature {
    const { key } = this.#newest(name);
    return { fingerprint: fingerprintOf(key), signature: signWithKey('sha256', content, key) };
  }

  publicKeys(name: KeyPairName): readonly PublicKey[] {
    this.#all(name);
    return this.#publicKeys;
  }

  #newest(name: KeyName): Version {
    return this.#all(name)[0]!;
  }

  #version(name: KeyName, wanted: number): Version {
    const find = (): Version | undefined => this.#all(name).find(({ version }) => version === wanted);
    const found = find() ?? (this.#reread(), find());
    if (found !== undefined) return found;
    throw pipelineError('KEY_NOT_FOUND', { name, finding: `has no version ${wanted} in ${keyFile(this.#settings)}` });
  }

  /** Newest first. */
  #all(name: KeyName): readonly Version[] {
    this.#look();
    const versions = this.#versions.get(name);
    if (versions !== undefined) return versions;
    const finding = `is not in ${keyFile(this.#settings)}; add it with: ml keys create`;
    throw pipelineError('KEY_NOT_FOUND', { name, finding });
  }

  /** Reads the file again when it was changed; one that cannot be read leaves the keys as they are. */
  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    if (markOf(keyFile(this.#settings)) !== this.#mark) this.#reread();
  }

  #reread(): void {
    const mark = markOf(keyFile(this.#settings));
    try {
      const stored = readKeys(this.#settings);
      this.#versions = toVersions(stored);
      this.#publicKeys = publicKeysIn(stored);
      this.#mark = mark;
    } catch (fault) {
      if (this.#versions.size === 0 || !(fault instanceof PipelineError)) throw fault;
    }
  }
}

const hashWith = ({ version, key }: Version, message: string): KeyedHash => ({
  version,
  hash: createHmac('sha256', key).update(message).digest(),
});

/** Changes with every replacement of the file. */
function markOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

/**
 * The key ring of this installation. Keys of the state directory are made on first use; those of KEY_RING_FILE are
 * shared by several machines and made by `ml keys create`. A rotation is seen within a second.
 * @throws PipelineError `INVALID_CONFIG`, `STATE_DAMAGED` as `readKeys`.
 */
export async function openKeyRing(settings: KeySettings): Promise<KeyRing> {
  if (settings.keyRingFile === null) await createMissingKeys(settings);
  return new FileKeyRing(settings);
}
