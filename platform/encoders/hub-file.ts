import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as wait } from 'node:timers/promises';
import { PipelineError } from '../../contracts/errors.js';

/** URL of a file on the hub, and the hash and size that its content must have. */
export interface HubFile {
  readonly url: string;
  /**
   * The hub's content hash: 64 hex digits are the sha256 of the content (large files), 40 are git's sha1 of a blob.
   * Empty when the server sends none; then only the size is checked.
   */
  readonly etag: string;
  readonly size: number | null;
}

/** Cancellation, progress and retries of a download. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Bytes received so far and in total; the total is 0 while unknown. */
  readonly onBytes: (done: number, total: number) => void;
  /** Pause before the next attempt, doubled after each attempt that received nothing. @default 500 */
  readonly pauseMs?: number;
}

/** Consecutive attempts without a received byte after which the download fails. */
const IDLE_ATTEMPTS = 4;
/** Time without a received byte after which a request is aborted. */
const SILENCE_MS = 30_000;

/** `SERVICE_UNAVAILABLE` with this text. */
export const unreachable = (what: string, cause?: unknown): PipelineError =>
  new PipelineError('SERVICE_UNAVAILABLE', what, {}, cause === undefined ? undefined : { cause });

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Reads size, content hash and revision of a file with a HEAD request. For large files the hub redirects to its storage
 * and puts the hash on the redirect itself, so redirects are not followed.
 * @throws PipelineError `SERVICE_UNAVAILABLE` naming the status.
 */
export async function describeHubFile(url: string, signal: AbortSignal): Promise<HubFile & { commit: string | null }> {
  const { status, headers } = await request(url, { method: 'HEAD', redirect: 'manual' }, signal);
  if (status >= 400) throw unreachable(`${url} answers ${status}`);
  const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replace(/^W\/|"/g, '');
  const size = headers.get('x-linked-size') ?? (status < 300 ? headers.get('content-length') : null);
  const known = /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag) ? etag : '';
  return { url, etag: known, size: size === null ? null : Number(size), commit: headers.get('x-repo-commit') };
}

async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]) });
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(`${new URL(url).origin} cannot be reached`, cause);
  }
}

/** Resumes a partial file by a range request; if the server ignores the range, the file is written from its start. */
async function fetchRest(file: HubFile, part: string, options: DownloadOptions): Promise<void> {
  const have = await sizeOf(part);
  if (file.size !== null && have >= file.size) return;
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(file.url, { headers, signal });
  if (response.status === 416) return;
  if (!response.ok || !response.body) throw unreachable(`${file.url} answers ${response.status}`);
  const resumed = response.status === 206;
  let done = resumed ? have : 0;
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  body.on('data', (chunk: Uint8Array) => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
    options.onBytes((done += chunk.length), file.size ?? 0);
  });
  try {
    await pipeline(body, createWriteStream(part, { flags: resumed ? 'a' : 'w', mode: 0o600 }));
  } finally {
    clearTimeout(timer);
  }
}

async function fetchWhole(file: HubFile, part: string, options: DownloadOptions): Promise<void> {
  for (let idle = 0; ;) {
    const before = await sizeOf(part);
    try {
      await fetchRest(file, part, options);
      if (file.size === null || (await sizeOf(part)) >= file.size) return;
    } catch (cause) {
      options.signal.throwIfAborted();
      idle = (await sizeOf(part)) > before ? 0 : idle + 1;
      if (idle >= IDLE_ATTEMPTS) throw unreachable(`${file.url} broke off ${idle} times without a byte`, cause);
    }
    await wait((options.pauseMs ?? 500) * 2 ** idle, undefined, { signal: options.signal });
  }
}

async function hashOfFile(path: string, etag: string): Promise<string> {
  const digest = createHash(etag.length === 64 ? 'sha256' : 'sha1');
  if (etag.length === 40) digest.update(`blob ${await sizeOf(path)}\0`);
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}

async function isWhole({ etag, size }: HubFile, path: string): Promise<boolean> {
  if ((await sizeOf(path)) === 0) return false;
  if (size !== null && (await sizeOf(path)) !== size) return false;
  return etag === '' || (await hashOfFile(path, etag)) === etag;
}

/**
 * Downloads a file to `target` atomically. A partial file of an earlier attempt is resumed; content that does not match
 * the hash is deleted and never moved to `target`.
 * @throws PipelineError `SERVICE_UNAVAILABLE`: not reachable, an HTTP error, or content with a wrong hash twice.
 */
export async function downloadHubFile(file: HubFile, target: string, options: DownloadOptions): Promise<void> {
  // The partial file is named by the content hash, so that a download of another version is not resumed.
  if (file.etag !== '' && (await isWhole(file, target))) return;
  const part = `${target}.${file.etag || 'unnamed'}.part`;
  for (let attempt = 0; attempt < 2; attempt++) {
    await fetchWhole(file, part, options);
    if (await isWhole(file, part)) {
      await rename(part, target);
      return;
    }
    await rm(part, { force: true });
  }
  throw unreachable(`the content of ${file.url} does not match its fingerprint ${file.etag}`);
}
