import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PipelineError } from '../../contracts/errors.js';
import { tryLock, type HeldLock } from '../embedded/processes/lock.js';
import { encoderFileNames, missingFiles } from './folder.js';
import { describeHubFile, downloadHubFile, type DownloadOptions } from './hub-file.js';

/** The hub's address and the folder for its downloads. */
export interface HubSettings {
  /** https://huggingface.co or a mirror, without a trailing slash. */
  readonly endpoint: string;
  /** Folder for downloads, shared by all checkouts. */
  readonly cache: string;
}

/** `model` or `owner/model`, without `..`, so that the cache path stays inside the cache. */
const hubName = /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)?$/;

/** Folder of an encoder in the cache. @throws PipelineError `INVALID_INPUT` for a malformed name. */
export function cacheFolderOf(cache: string, name: string): string {
  if (!hubName.test(name))
    throw new PipelineError('INVALID_INPUT', `encoder name "${name}": wanted model or owner/model`);
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
 * Downloads an encoder, all files from one revision, unless its cache folder is complete. A lock makes concurrent
 * processes download it once.
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
    // All three files, even if one is missing: the others may be of another revision. Files with a matching hash are kept.
    for (const file of encoderFileNames.toReversed()) {
      const described = await describeHubFile(at(commit ?? 'main', file), options.signal);
      await downloadHubFile(described, join(folder, file), options);
    }
    return folder;
  } finally {
    lock.release();
  }
}
