import { workflowInfo } from '@temporalio/workflow';
import { nearestHint } from '../contracts/nearest-name.js';
import { invalidInput } from './parse-input.js';

/** Started by other workflows only. */
const internal: readonly string[] = ['retrainingLock'];

/**
 * The workflow of a type that does not exist, such as a misspelt one: without it the server would offer the start to
 * the workers for ever.
 * @param names - of all workflows there are.
 * @throws ApplicationFailure `INVALID_INPUT` naming the workflow that was meant, and all.
 */
export const refuseUnknown = (names: readonly string[]) => (): Promise<never> => {
  const known = names.filter((name) => !internal.includes(name));
  const { workflowType } = workflowInfo();
  const fault = `there is no workflow "${workflowType}"${nearestHint(workflowType, known)}`;
  throw invalidInput({ faults: [fault], fields: known });
};
