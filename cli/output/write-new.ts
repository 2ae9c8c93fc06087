import { writeFile } from 'node:fs/promises';
import { PipelineError } from '../../contracts/errors.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';

/** Writes a file that does not exist. @throws PipelineError `INVALID_INPUT` when it does; `FILE_NOT_READABLE` when it cannot be written. */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw fileNotReadable(path, cause);
    throw new PipelineError('INVALID_INPUT', `${path} exists; name another file`, { file: path }, { cause });
  }
}
