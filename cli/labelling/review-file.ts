import { constants } from 'node:fs';
import { access, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorAt, PipelineError } from '../../contracts/errors.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';

/**
 * The file as text.
 * @throws PipelineError `FILE_NOT_READABLE`; `MALFORMED_FILE` when it is not UTF-8, as spreadsheets may save it.
 */
export async function readLabelFile(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw fileNotReadable(file, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw errorAt('MALFORMED_FILE', { file }, 'it is not text in UTF-8');
  }
}

const unwritable = (file: string, finding: string, cause?: unknown): PipelineError =>
  new PipelineError('INVALID_INPUT', `--output ${file}: ${finding}`, { file }, { cause });

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Checks before the work begins that a review can be written. An existing file may hold labels and is not overwritten.
 * @throws PipelineError `INVALID_INPUT`.
 */
export async function requireNewFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    throw unwritable(file, 'its folder does not exist or may not be written to', cause);
  }
  if (await exists(file))
    throw unwritable(file, 'it exists already, and labels may be in it; give another name or remove it');
}

/**
 * Writes a new file; a partly written one is removed.
 * @throws PipelineError `INVALID_INPUT` when the file exists by now or cannot be written.
 */
export async function writeNewFile(file: string, content: string): Promise<void> {
  const created = await open(file, 'wx').catch((cause: unknown) => {
    throw unwritable(file, 'it cannot be written', cause);
  });
  try {
    await created.writeFile(content);
  } catch (cause) {
    await rm(file, { force: true });
    throw unwritable(file, 'it cannot be written', cause);
  } finally {
    await created.close();
  }
}
