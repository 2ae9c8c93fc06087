import { PipelineError } from '../../contracts/errors.js';

/**
 * The error for a file of the state directory that is not what was written to it.
 * @param finding - follows the path: what is wrong.
 */
export const damagedState = (file: string, finding: string, cause?: unknown): PipelineError =>
  new PipelineError('STATE_DAMAGED', `${file} ${finding}`, { file }, { cause });
