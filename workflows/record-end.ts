import { CancellationScope } from '@temporalio/workflow';
import { failureReason } from '../contracts/run-failure.js';
import type { TrainingStage, TrainModelResult } from '../contracts/workflows.js';
import { type Fault, isOutage } from './failures.js';
import { bookkeeping, briefBookkeeping } from './steps.js';

interface EndingRun {
  readonly runKey: string;
  readonly modelName: string;
  /** Where it ended. */
  readonly stage: TrainingStage;
}

interface RunEnd {
  readonly status: TrainModelResult['decision'] | 'failed' | 'cancelled';
  readonly reasons: string[];
}

/** Not cancellable, so that a cancelled run is recorded as well. */
const recordEnd = ({ runKey, modelName }: EndingRun, step: typeof bookkeeping, end: RunEnd): Promise<void> =>
  CancellationScope.nonCancellable(() => step(`Record ${end.status}`).finishRun({ runKey, modelName, ...end }));

/** Records the decision in which a run ended. */
export const recordDecision = (
  run: EndingRun,
  { decision: status, reasons }: Pick<TrainModelResult, 'decision' | 'reasons'>,
): Promise<void> => recordEnd(run, bookkeeping, { status, reasons });

/**
 * Records that a run failed or was cancelled. After an outage that has outlasted the patience the record does not wait
 * for as long again: the registry may be what is away. Without the record the workflow still ends with the failure
 * itself, which `ml runs show` reads.
 */
export async function recordFailure(run: EndingRun, status: 'failed' | 'cancelled', fault: Fault): Promise<void> {
  const end = { status, reasons: [failureReason({ stage: run.stage, ...fault })] };
  if (!isOutage(fault)) return recordEnd(run, bookkeeping, end);
  await recordEnd(run, briefBookkeeping, end).catch(() => undefined);
}
