import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.js';

/** sha256 of bytes or UTF-8 text, lower-case hex. */
export const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

/** Hash of a JSON value whatever the order of its keys. */
export const hashOfJson = (value: unknown): string => sha256(canonicalJson(value));
