import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { pipelineError } from '../../contracts/errors.js';
import type { CustomerKeys } from './customer-keys.js';
import { keyOf, type PackedStore, type PackedView } from './packed-store.js';
import { HEADER_BYTES } from './packed-value.js';

/*
 * Layout: the value's header with the highest bit of its count set · 12 nonce · encrypted body · 16 tag. The header stays
 * in clear, since the script in redis-store.ts compares event times; it is authenticated with the name of the value.
 */
const ALGORITHM = 'aes-256-gcm';
const [NONCE_BYTES, TAG_BYTES] = [12, 16];
const COUNT_AT = 4;
const SEALED = 0x80_00_00_00;

const EMPTY = Buffer.alloc(0);
const isSealed = (bytes: Buffer): boolean => bytes.length >= HEADER_BYTES && bytes.readUInt32LE(COUNT_AT) >= SEALED;

function seal(packed: Buffer, key: KeyObject, name: string): Buffer {
  const header = Buffer.from(packed.subarray(0, HEADER_BYTES));
  header.writeUInt32LE((header.readUInt32LE(COUNT_AT) | SEALED) >>> 0, COUNT_AT);
  const nonce = randomBytes(NONCE_BYTES); // a key encrypts some values a day: far from 2^32
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([header, Buffer.from(name)]));
  const body = cipher.update(packed.subarray(HEADER_BYTES));
  cipher.final(); // GCM is a stream cipher: nothing is left
  return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
}

function open(sealed: Buffer, key: KeyObject, name: string): Buffer {
  const header = Buffer.from(sealed.subarray(0, HEADER_BYTES));
  const start = HEADER_BYTES + NONCE_BYTES;
  try {
    const nonce = sealed.subarray(HEADER_BYTES, start);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.concat([header, Buffer.from(name)]));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const body = decipher.update(sealed.subarray(start, -TAG_BYTES));
    decipher.final();
    header.writeUInt32LE((header.readUInt32LE(COUNT_AT) & ~SEALED) >>> 0, COUNT_AT);
    return Buffer.concat([header, body]);
  } catch (cause) {
    const finding = 'was changed, or belongs to something else';
    throw pipelineError('DECRYPTION_FAILED', { name: 'customers', finding }, { cause });
  }
}

/** Views of the store's own, which are of no customer; names of views have no dot. */
const isOwn = ({ view }: PackedView): boolean => view.includes('.');

/**
 * A store whose values are encrypted by a key for each entity. A value whose key was deleted counts as absent, wherever a
 * copy of it is. Values that were stored in clear are read as before.
 */
export const sealedValues = (inner: PackedStore, keys: CustomerKeys): PackedStore => ({
  kind: inner.kind,
  async put(view, entries, timeToLiveSeconds) {
    if (isOwn(view)) return inner.put(view, entries, timeToLiveSeconds);
    const byId = await keys.require(view.source, [...entries.keys()]);
    const sealed = new Map<string, Buffer>();
    for (const [id, packed] of entries) {
      const key = byId.get(id); // deleted in this moment: the entity is being forgotten
      if (key !== undefined) sealed.set(id, seal(packed, key, keyOf(view, id)));
    }
    return inner.put(view, sealed, timeToLiveSeconds);
  },
  async get(view, entityIds) {
    const found = await inner.get(view, entityIds);
    const wanted = entityIds.filter((_, i) => isSealed(found[i] ?? EMPTY));
    if (wanted.length === 0) return found;
    const byId = await keys.find(view.source, wanted);
    return found.map((bytes, i) => {
      if (bytes === null || !isSealed(bytes)) return bytes;
      const id = entityIds[i]!;
      const key = byId.get(id);
      return key === undefined ? null : open(bytes, key, keyOf(view, id));
    });
  },
  async forget(entityId, source) {
    await keys.forget(entityId, source); // first: from then on every copy is unreadable
    return inner.forget(entityId, source);
  },
  ping: () => inner.ping(),
  close: () => inner.close(),
});
