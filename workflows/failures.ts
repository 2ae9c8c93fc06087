import { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** What a person needs of a failed step: the code of the error table and the sentence. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** The fault below Temporal's wrappers: an activity's or a child's failure names its cause, not itself. */
export function faultOf(failure: unknown): Fault {
  if (failure instanceof ActivityFailure || failure instanceof ChildWorkflowFailure)
    return faultOf(failure.cause ?? new ApplicationFailure(failure.message));
  if (failure instanceof CancelledFailure) return { code: 'CANCELLED', message: failure.message };
  if (failure instanceof ApplicationFailure) return { code: failure.type ?? 'INTERNAL', message: failure.message };
  return { code: 'INTERNAL', message: failure instanceof Error ? failure.message : String(failure) };
}

/** Faults of the rows themselves. A user's file deserves an error; a snapshot deserves the result `rejected`. */
const dataFaults: readonly string[] = [
  'TOO_FEW_ROWS',
  'SINGLE_CLASS',
  'DATA_REJECTED',
  'MISSING_COLUMN',
  'INVALID_VALUE',
  'NOT_FINITE',
];

/** True when nothing but other data would help. */
export const isDataFault = (fault: Fault): boolean => dataFaults.includes(fault.code);
