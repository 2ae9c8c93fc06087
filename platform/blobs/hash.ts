import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { fileNotReadable } from '../file-not-readable.js';

/** sha256 of bytes or UTF-8 text, lower-case hex. */
export const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

/** sha256 of a JSON value's canonical form: the order of keys does not matter. */
export const hashOfJson = (value: unknown): string => sha256(canonicalJson(value));

/** sha256 and size of a local file, read as a stream. */
export async function sha256OfFile(path: string): Promise<{ readonly hash: string; readonly bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    digest.update(chunk);
    bytes += chunk.byteLength;
  }
  return { hash: digest.digest('hex'), bytes };
}

/** Like `sha256OfFile`, for a path that a caller gave. @throws PipelineError `FILE_NOT_READABLE`. */
export async function sha256OfSource(path: string): Promise<{ readonly hash: string; readonly bytes: number }> {
  try {
    return await sha256OfFile(path);
  } catch (fault) {
    throw fileNotReadable(path, fault);
  }
}

/** Bytes that are read, hashed and written at a time. */
const PIECE = 2 ** 20;

/**
 * Copies a file that a caller gave and hashes what it copies: the hash is that of the copy also when the file changes
 * meanwhile. The copy has mode 600. @throws PipelineError `FILE_NOT_READABLE`.
 */
export async function copyHashed(from: string, to: string): Promise<{ readonly hash: string; readonly bytes: number }> {
  const digest = createHash('sha256');
  const [source, copy] = [await openSource(from), await open(to, 'wx', 0o600)];
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    for (let bytes = 0; ;) {
      const { bytesRead } = await readPiece(source, piece, from);
      if (bytesRead === 0) return { hash: digest.digest('hex'), bytes };
      digest.update(piece.subarray(0, bytesRead));
      await copy.writeFile(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await Promise.all([source.close(), copy.close()]);
  }
}

const named =
  (path: string) =>
  (fault: unknown): never => {
    throw fileNotReadable(path, fault);
  };

const openSource = (path: string): Promise<FileHandle> => open(path, 'r').catch(named(path));

const readPiece = (source: FileHandle, piece: Buffer, path: string) =>
  source.read(piece, 0, piece.length, null).catch(named(path));
