import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';

/**
 * A JSON value from the command line: the text itself, `@file`, or `-` for standard input.
 * @throws PipelineError `FILE_NOT_READABLE`; `INVALID_INPUT` saying where the text is not JSON, or that it is not UTF-8.
 */
export async function readJsonInput(argument: string): Promise<unknown> {
  if (argument === '-') return parse(decode(await buffer(process.stdin), 'standard input'), 'standard input');
  if (!argument.startsWith('@')) return parse(argument, '--input');
  const path = argument.slice(1);
  try {
    return parse(decode(await readFile(path), path), path);
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw fileNotReadable(path, cause);
  }
}

/** Decoding without `fatal` would silently replace bytes that are not UTF-8. */
function decode(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PipelineError('INVALID_INPUT', `${where} is not text in UTF-8`, { where }, { cause });
  }
}

function parse(content: string, where: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new PipelineError('INVALID_INPUT', `${where} is not JSON: ${messageOf(cause)}`, { where }, { cause });
  }
}
