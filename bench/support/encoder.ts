import type { EncoderFiles } from '../../contracts/model-definition.js';
import { inheritedConfig } from '../../platform/config/load-config.js';
import { readEncoderFolder } from '../../platform/encoders/folder.js';

/** The folder of ENCODER_PATH, or null. */
export const encoderFolder = (): string | null => inheritedConfig().encoder.path;

/** The encoder of ENCODER_PATH, or null. */
export async function readConfiguredEncoder(): Promise<EncoderFiles | null> {
  const folder = encoderFolder();
  return folder === null ? null : readEncoderFolder(folder, 'encoder');
}
