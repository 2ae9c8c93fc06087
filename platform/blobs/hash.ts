import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
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
