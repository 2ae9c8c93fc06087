import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorAt, PipelineError } from '../../../contracts/errors.js';
import { fileNotReadable } from '../../../platform/file-not-readable.js';
import type { FileLimits } from './limits.js';

/** A file's unpacked bytes, as a stream that can be read once. */
export interface OpenFile {
  readonly fileName: string;
  /** Unpacked if the file starts with gzip's magic number, whatever its name. */
  readonly bytes: AsyncIterable<Buffer>;
  /** sha256 of the bytes on disk; valid after `bytes` has been read to its end. */
  readonly hash: () => string;
}

async function checkReadable(path: string, file: string, limits: FileLimits): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw errorAt('FILE_NOT_READABLE', { file }, 'it is a folder, wanted a file');
    if (!found.isFile()) throw errorAt('FILE_NOT_READABLE', { file }, 'it is a device or pipe, wanted a file');
    if (found.size === 0) throw errorAt('FILE_EMPTY', { file }, 'the file has no bytes');
    if (found.size > limits.fileBytes)
      throw errorAt('FILE_TOO_LARGE', { file }, `${found.size} bytes, the limit is ${limits.fileBytes}`);
    await access(path, constants.R_OK);
  } catch (fault) {
    throw fault instanceof PipelineError ? fault : fileNotReadable(file, fault);
  }
}

interface Counted {
  readonly hash: Hash;
  packedBytes: number;
}

async function* readRaw(path: string, file: string, counted: Counted): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      counted.hash.update(chunk);
      counted.packedBytes += chunk.length;
      yield chunk;
    }
  } catch (fault) {
    throw fileNotReadable(file, fault);
  }
}

async function* unpack(raw: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Errors of both streams are thrown by the loop below; without a callback they would end the process.
  pipeline(Readable.from(raw), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw fault;
    const finding = code === 'Z_BUF_ERROR' ? 'the gzip data ends too early: the file is truncated' : `gzip: ${message}`;
    throw errorAt('MALFORMED_FILE', { file }, finding, fault);
  }
}

/** Throws as soon as the unpacked size or ratio exceeds its limit. */
async function* limitUnpacked(
  bytes: AsyncIterable<Buffer>,
  file: string,
  limits: FileLimits,
  counted: Counted,
): AsyncGenerator<Buffer> {
  let unpacked = 0;
  for await (const chunk of bytes) {
    unpacked += chunk.length;
    if (unpacked > limits.unpackedBytes)
      throw errorAt('FILE_TOO_LARGE', { file }, `it unpacks to more than ${limits.unpackedBytes} bytes`);
    if (unpacked > limits.ratioFromBytes && unpacked > limits.unpackedRatio * counted.packedBytes)
      throw errorAt(
        'FILE_TOO_LARGE',
        { file },
        `it unpacks to more than ${limits.unpackedRatio} times its size, which is no data file`,
      );
    yield chunk;
  }
}

async function* unpackIfGzip(path: string, file: string, limits: FileLimits, counted: Counted): AsyncGenerator<Buffer> {
  const raw = readRaw(path, file, counted);
  const first = await raw.next();
  if (first.done === true) return;
  const whole = (async function* () {
    yield first.value;
    yield* raw;
  })();
  const packed = first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* packed ? limitUnpacked(unpack(whole, file), file, limits, counted) : whole;
}

/**
 * Opens a data file, plain or gzip. Streams: memory is a few chunks.
 * @throws PipelineError `FILE_NOT_READABLE`, `FILE_EMPTY`, `FILE_TOO_LARGE` at once; while reading also
 *   `MALFORMED_FILE` for broken gzip.
 */
export async function openFile(path: string, limits: FileLimits): Promise<OpenFile> {
  const fileName = basename(path);
  await checkReadable(path, path, limits);
  const counted: Counted = { hash: createHash('sha256'), packedBytes: 0 };
  return {
    fileName,
    bytes: unpackIfGzip(path, fileName, limits, counted),
    hash: () => counted.hash.copy().digest('hex'),
  };
}
