import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PipelineError } from '../../contracts/errors.js';
import { tryLock, type HeldLock } from '../embedded/processes/lock.js';
import { encoderFileNames, missingFiles } from './folder.js';
import { describeHubFile, downloadHubFile, type DownloadOptions } from './hub-file.js';

export interface HubSettings {
  /** https://huggingface.co or a mirror of it, without a slash at the end. */
  readonly endpoint: string;
  /** Folder of downloads that outlive a checkout. */
  readonly cache: string;
}

/** `model` or `owner/model`; nothing that climbs out of a folder. */
const hubName = /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)?$/;

/** @throws PipelineError `INVALID_INPUT` for what is no name on the hub. */
export function cacheFolderOf(cache: string, name: string): string {
  if (!hubName.test(name)) throw new PipelineError('INVALID_INPUT', `"${name}" is no name of an encoder on the hub`);
  return join(cache, 'encoders', name.replace('/', '--'));
}

async function lockFolder(folder: string, signal: AbortSignal): Promise<HeldLock> {
  for (;;) {
    const lock = tryLock(join(folder, 'lock'));
    if (lock) return lock;
    await wait(500, undefined, { signal });
  }
}

/**
 * Fetches what is missing of an encoder, all files from one revision. Several processes may ask at once: one fetches.
 * @returns the folder.
 * @throws PipelineError `SERVICE_UNAVAILABLE`, `INVALID_INPUT`.
 */
export async function downloadEncoder(name: string, settings: HubSettings, options: DownloadOptions): Promise<string> {
  const folder = cacheFolderOf(settings.cache, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, options.signal);
  try {
    const missing = await missingFiles(folder);
    if (missing.length === 0) return folder;
    const at = (revision: string, file: string): string => `${settings.endpoint}/${name}/resolve/${revision}/${file}`;
    const { commit } = await describeHubFile(at('main', encoderFileNames[0]), options.signal);
    // All three when one is missing: what is there may be of another revision; what is not is left as it is.
    for (const file of encoderFileNames.toReversed()) {
      const described = await describeHubFile(at(commit ?? 'main', file), options.signal);
      await downloadHubFile(described, join(folder, file), options);
    }
    return folder;
  } finally {
    lock.release();
  }
}
