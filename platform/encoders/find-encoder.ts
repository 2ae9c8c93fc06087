import { basename } from 'node:path';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import { PipelineError } from '../../contracts/errors.js';
import { missingFiles, readEncoderFolder } from './folder.js';
import { cacheFolderOf, downloadEncoder, type HubSettings } from './hub.js';

export interface EncoderSettings extends HubSettings {
  /** Folder given by the user; comes first, whatever name a model asks for. */
  readonly path: string | null;
}

export interface FindEncoderOptions {
  readonly signal: AbortSignal;
  /** @param done - bytes, of `total`. */
  readonly onProgress: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
  readonly pauseMs?: number;
}

/** Either the files, or why there are none and what would help. */
export type FoundEncoder =
  { readonly files: EncoderFiles; readonly where: string } | { readonly files: null; readonly reason: string };

async function readGivenFolder(path: string): Promise<FoundEncoder> {
  const missing = await missingFiles(path);
  if (missing.length > 0) {
    // The user meant this folder: going on without it would train another model than the one asked for.
    throw new PipelineError('INVALID_CONFIG', `ENCODER_PATH: ${path} lacks ${missing.join(', ')}`, { missing });
  }
  return { files: await readEncoderFolder(path, basename(path)), where: path };
}

/** What stands in the cache complete, without a look at the network. */
async function findCached(name: string, cache: string): Promise<string | null> {
  const folder = cacheFolderOf(cache, name);
  return (await missingFiles(folder)).length === 0 ? folder : null;
}

/**
 * Finds an encoder's files: the folder in `ENCODER_PATH`, else the cache, else the hub, from where they go to the cache.
 * @param name - on the hub, such as `distilbert-base-uncased`.
 * @throws PipelineError `INVALID_CONFIG` for an `ENCODER_PATH` that holds no encoder, `INVALID_INPUT` for a bad name.
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
