import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PipelineError } from '../../contracts/errors.js';
import type { KeyRing } from '../keys/key-ring.js';

/*
 * Layout of a sealed blob: a head of fixed size, then the content in chunks of 64 KB, each followed by its tag.
 * Head: 4 bytes "MLS1", then the data key, which is of this blob alone, sealed by the key ring under the blob's hash.
 * Chunks: AES-256-GCM; the nonce is the number of the chunk and whether it is the last one (the STREAM construction of
 * Hoang, Reyhanitabar, Rogaway and Vizár 2015), so that chunks can be neither left out, moved nor cut off.
 */
const MAGIC = Buffer.from('MLS1');
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const CHUNK_BYTES = 64 * 1024;
const ALGORITHM = 'aes-256-gcm';
/** Of the key ring's format: 1 format, 4 version, 12 nonce, key, 16 tag. */
const WRAPPED_BYTES = 17 + KEY_BYTES + TAG_BYTES;
export const HEAD_BYTES = MAGIC.length + WRAPPED_BYTES;

type Chunks = AsyncIterable<Uint8Array>;

const broken = (hash: string, finding: string): PipelineError =>
  new PipelineError('BLOB_CORRUPT', `the sealed blob ${hash} ${finding}`, { hash, finding });

const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));

/** Size of a sealed blob by that of its content. */
export const sealedBytes = (bytes: number): number => HEAD_BYTES + bytes + chunksOf(bytes) * TAG_BYTES;

/** Size of the content by that of the sealed blob. */
export function contentBytes(sealed: number): number {
  const body = Math.max(0, sealed - HEAD_BYTES);
  return Math.max(0, body - Math.max(1, Math.ceil(body / (CHUNK_BYTES + TAG_BYTES))) * TAG_BYTES);
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(index), 0);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** Regroups a stream into pieces of one size, with whether each is the last; an empty stream is one empty piece. */
async function* pieces(
  source: Chunks,
  size: number,
): AsyncGenerator<{ readonly piece: Buffer; readonly isLast: boolean }> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    kept = Buffer.concat([kept, chunk]);
    let at = 0;
    for (; kept.length - at > size; at += size) yield { piece: kept.subarray(at, at + size), isLast: false };
    kept = kept.subarray(at);
  }
  yield { piece: kept, isLast: true };
}

const wrapKey = (keys: KeyRing, key: Uint8Array, hash: string): Buffer => keys.seal('blobs', key, `blob ${hash}`);

/** A stream of a sealed blob. @param hash - sha256 of the content. */
export async function* sealStream(keys: KeyRing, hash: string, content: Chunks): AsyncGenerator<Buffer> {
  const key = randomBytes(KEY_BYTES);
  yield Buffer.concat([MAGIC, wrapKey(keys, key, hash)]);
  let index = 0;
  for await (const { piece, isLast } of pieces(content, CHUNK_BYTES)) {
    const cipher = createCipheriv(ALGORITHM, key, nonceOf(index++, isLast), { authTagLength: TAG_BYTES });
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** The data key of a sealed blob, and the version of the ring's key that it is sealed by. */
function keyOf(keys: KeyRing, hash: string, head: Buffer): Buffer {
  if (head.length < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC))
    throw broken(hash, 'is not in the format of this program');
  return keys.open('blobs', head.subarray(MAGIC.length, HEAD_BYTES), `blob ${hash}`);
}

/** Splits the head of a stream from its body. */
async function headOf(sealed: Chunks): Promise<{ readonly head: Buffer; readonly body: Chunks }> {
  const iterator = sealed[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let start: Buffer = Buffer.alloc(0);
  while (start.length < HEAD_BYTES) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    start = Buffer.concat([start, value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield start.subarray(HEAD_BYTES);
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { head: start.subarray(0, HEAD_BYTES), body: rest() };
}

/**
 * The content of a sealed blob. Nothing of a chunk is given before its tag was checked.
 * @throws PipelineError `BLOB_CORRUPT` for bytes that were changed or cut off; `DECRYPTION_FAILED` when the data key cannot
 *   be opened: by another installation's key, or as that of another blob; `KEY_NOT_FOUND`.
 */
export async function* openStream(keys: KeyRing, hash: string, sealed: Chunks): AsyncGenerator<Buffer> {
  const { head, body } = await headOf(sealed);
  const key = keyOf(keys, hash, head);
  let index = 0;
  for await (const { piece, isLast } of pieces(body, CHUNK_BYTES + TAG_BYTES))
    yield openChunk({ key, hash }, piece, nonceOf(index++, isLast));
}

function openChunk(
  { key, hash }: { readonly key: Buffer; readonly hash: string },
  piece: Buffer,
  nonce: Buffer,
): Buffer {
  if (piece.length < TAG_BYTES) throw broken(hash, 'ends too early');
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(piece.subarray(-TAG_BYTES));
  const content = decipher.update(piece.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([content, decipher.final()]);
  } catch {
    throw broken(hash, 'was changed or cut off');
  }
}

/** The same blob with its data key sealed by the ring's newest key; the chunks stay. */
export async function* rewrapStream(keys: KeyRing, hash: string, sealed: Chunks): AsyncGenerator<Uint8Array> {
  const { head, body } = await headOf(sealed);
  yield Buffer.concat([MAGIC, wrapKey(keys, keyOf(keys, hash, head), hash)]);
  yield* body;
}

/** Version of the ring's key by which a blob's data key is sealed. @param head - the first bytes of the blob. */
export const keyVersionOf = (head: Uint8Array): number => Buffer.from(head).readUInt32BE(MAGIC.length + 1);
