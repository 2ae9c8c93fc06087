import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import { sha256 } from '../blobs/hash.js';

/** What a Hugging Face folder must hold. */
export const encoderFileNames = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;
export type EncoderFileName = (typeof encoderFileNames)[number];

/** @returns the names of files that are not there or may not be read. */
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

/** Reads a folder that `missingFiles` found complete. */
export async function readEncoderFolder(folder: string, name: string): Promise<EncoderFiles> {
  const [config, tokenizer, weights] = await Promise.all(encoderFileNames.map((file) => readFile(join(folder, file))));
  return { name, config: config!, tokenizer: tokenizer!, weights: weights!, weightsSha256: sha256(weights!) };
}
