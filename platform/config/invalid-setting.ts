import { type ErrorDetails, PipelineError } from '../../contracts/errors.js';

/** `INVALID_CONFIG` with a reference to .env.example. @param finding - names the variable, what was found and wanted. */
export const invalidSetting = (finding: string, details?: ErrorDetails): PipelineError =>
  new PipelineError('INVALID_CONFIG', `${finding} (see .env.example)`, details);

/** `INVALID_CONFIG` for a setting that names an unusable file or folder. @param finding - follows the path. */
export const invalidPath = (setting: string, path: string, finding: string, details?: ErrorDetails): PipelineError =>
  new PipelineError('INVALID_CONFIG', `${setting}: ${path} ${finding}`, { setting, path, ...details });
