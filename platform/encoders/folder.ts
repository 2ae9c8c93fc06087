import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import { sha256 } from '../blobs/hash.js';

/** Files that the folder of a Hugging Face encoder must contain. */
export const encoderFileNames = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;
/** One of `encoderFileNames`. */
export type EncoderFileName = (typeof encoderFileNames)[number];

/** Names of encoder files that are absent or not readable in a folder. */
export async function missingFiles(folder: string): Promise<EncoderFileName[]> {
  const readable = await Promise.all(
    encoderFileNames.map((name) =>
      access(join(folder, name), constants.R_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return encoderFileNames.filter((_, index) => !readable[index]);
}

/** Reads a complete folder (`missingFiles` returns none); `name` is only passed on. */
export async function readEncoderFolder(folder: string, name: string): Promise<EncoderFiles> {
  const [config, tokenizer, weights] = await Promise.all(encoderFileNames.map((file) => readFile(join(folder, file))));
  return { name, config: config!, tokenizer: tokenizer!, weights: weights!, weightsSha256: sha256(weights!) };
}
