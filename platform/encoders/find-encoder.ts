import { basename } from 'node:path';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import { PipelineError } from '../../contracts/errors.js';
import { invalidPath } from '../config/invalid-setting.js';
import { missingFiles, readEncoderFolder } from './folder.js';
import { cacheFolderOf, downloadEncoder, type HubSettings } from './hub.js';

/** Where `findEncoder` looks: given folder, cache, hub. */
export interface EncoderSettings extends HubSettings {
  /** Folder given by the user; used for every encoder name. Null: cache and hub are used. */
  readonly path: string | null;
}

/** Cancellation and progress of a download. */
export interface FindEncoderOptions {
  readonly signal: AbortSignal;
  /** `done` and `total` are bytes. */
  readonly onProgress: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
  /** See `DownloadOptions`. */
  readonly pauseMs?: number;
}

/** The encoder's files and their folder, or the reason why there are none and how to provide them. */
export type FoundEncoder =
  { readonly files: EncoderFiles; readonly where: string } | { readonly files: null; readonly reason: string };

async function readGivenFolder(path: string): Promise<FoundEncoder> {
  const missing = await missingFiles(path);
  if (missing.length > 0) {
    // Falling back to the hub would train a different model from the one the user asked for.
    throw invalidPath('ENCODER_PATH', path, `lacks ${missing.join(', ')}`, { missing });
  }
  return { files: await readEncoderFolder(path, basename(path)), where: path };
}

/** The encoder's folder in the cache if it is complete, else null; makes no network request. */
async function findCached(name: string, cache: string): Promise<string | null> {
  const folder = cacheFolderOf(cache, name);
  return (await missingFiles(folder)).length === 0 ? folder : null;
}

/**
 * Finds an encoder's files in the `ENCODER_PATH` folder, else in the cache, else on the hub; a download is cached.
 * @param name - the encoder's name on the hub, such as `distilbert-base-uncased`.
 * @throws PipelineError `INVALID_CONFIG` for an `ENCODER_PATH` without an encoder, `INVALID_INPUT` for a malformed name.
 */
export async function findEncoder(
  name: string,
  settings: EncoderSettings,
  { signal, onProgress, ...rest }: FindEncoderOptions,
): Promise<FoundEncoder> {
  if (settings.path !== null) return readGivenFolder(settings.path);
  const cached = await findCached(name, settings.cache);
  if (cached !== null) return { files: await readEncoderFolder(cached, name), where: cached };
  try {
    const onBytes = (done: number, total: number): void => onProgress({ stage: `download ${name}`, done, total });
    const folder = await downloadEncoder(name, settings, { signal, onBytes, ...rest });
    return { files: await readEncoderFolder(folder, name), where: folder };
  } catch (fault) {
    if (!(fault instanceof PipelineError) || fault.code !== 'SERVICE_UNAVAILABLE') throw fault;
    return { files: null, reason: `no encoder ${name}: ${fault.message}; set ENCODER_PATH to a folder that holds one` };
  }
}
