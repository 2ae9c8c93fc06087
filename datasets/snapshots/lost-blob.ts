import { type ErrorCode, PipelineError } from '../../contracts/errors.js';

/** Faults by which a store says that it does not have a blob as it was stored; not an outage, after which it has it. */
const lost: readonly ErrorCode[] = ['BLOB_NOT_FOUND', 'BLOB_CORRUPT', 'DATASET_NOT_FOUND'];

/** True when a blob is missing, damaged, or is something else than what was asked for. */
export const isLostBlob = (fault: unknown): fault is PipelineError =>
  fault instanceof PipelineError && lost.includes(fault.code);

/** What is read, or null when a blob of it is lost. @throws whatever else goes wrong, such as an outage. */
export async function nullIfLost<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (fault) {
    if (isLostBlob(fault)) return null;
    throw fault;
  }
}
