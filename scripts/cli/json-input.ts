import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PipelineError } from '../../contracts/errors.js';

/**
 * A JSON value from the command line: the text itself, `@file`, or `-` for standard input.
 * @throws PipelineError `FILE_NOT_READABLE`; `INVALID_INPUT` saying where the text is not JSON.
 */
export async function readJsonInput(argument: string): Promise<unknown> {
  if (argument === '-') return parse(await text(process.stdin), 'standard input');
  if (!argument.startsWith('@')) return parse(argument, '--input');
  const path = argument.slice(1);
  try {
    return parse(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PipelineError('FILE_NOT_READABLE', `cannot read ${path}: ${reason}`, { file: path }, { cause });
  }
}

function parse(content: string, where: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PipelineError('INVALID_INPUT', `${where} is not JSON: ${reason}`, { where }, { cause });
  }
}
