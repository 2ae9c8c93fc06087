import { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import { errorTable, isErrorCode } from '../contracts/errors.js';

/** Code and message of a failed step. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** Code and message of a failure, taken from the cause inside Temporal's activity and child workflow failures. */
export function faultOf(failure: unknown): Fault {
  if (failure instanceof ActivityFailure || failure instanceof ChildWorkflowFailure)
    return faultOf(failure.cause ?? new ApplicationFailure(failure.message));
  if (failure instanceof CancelledFailure) return { code: 'CANCELLED', message: failure.message };
  if (failure instanceof ApplicationFailure) return { code: failure.type ?? 'INTERNAL', message: failure.message };
  return { code: 'INTERNAL', message: failure instanceof Error ? failure.message : String(failure) };
}

/** True for the failure of a step that has waited for a service or for room on a disk, and was given up. */
export const isOutage = ({ code }: Fault): boolean => isErrorCode(code) && errorTable[code].retry === 'outage';

/** Codes that only other data can avoid. */
const dataFaults: readonly string[] = [
  'TOO_FEW_ROWS',
  'SINGLE_CLASS',
  'DATA_REJECTED',
  'MISSING_COLUMN',
  'INVALID_VALUE',
  'NOT_FINITE',
];

/** True when the code says that the rows themselves are the problem. */
export const isDataFault = (fault: Fault): boolean => dataFaults.includes(fault.code);
