import { CancellationScope, isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import type { MasterPlan } from '../contracts/activities.js';
import type { RetrainingEnd } from '../contracts/reports.js';
import type { MasterTrainingResult, ModelOutcome } from '../contracts/workflows.js';
import { faultOf } from './failures.js';
import { briefBookkeeping } from './steps.js';
import type { ProgressTable } from './visibility.js';
import { reportLink } from './visibility.js';

/** What a retraining has come to so far. */
export interface Course {
  snapshotHash: string | null;
  notes: string[];
  readonly outcomes: ModelOutcome[];
}

interface Retraining {
  readonly runKey: string;
  readonly workflowId: string;
  readonly plan: MasterPlan;
  readonly table: ProgressTable;
  readonly course: Course;
}

/** Runs the retraining and writes its report, whatever its end. */
export async function withReport(
  retraining: Retraining,
  work: () => Promise<MasterTrainingResult>,
): Promise<MasterTrainingResult> {
  try {
    const result = await work();
    await writeReport(retraining, result);
    return result;
  } catch (failure) {
    const { code, message } = faultOf(failure);
    const status = isCancellation(failure) ? 'cancelled' : 'failed';
    await writeReport(retraining, { status, reasons: [`${code}: ${message}`] });
    throw failure;
  }
}

/**
 * Not cancellable, so that a cancelled retraining has a report too. A report that cannot be written within five minutes
 * is left out: it changes no result.
 */
async function writeReport(
  { runKey, workflowId, plan, table, course }: Retraining,
  end: { readonly status: RetrainingEnd; readonly reasons: string[] },
): Promise<void> {
  if (!patched('retraining-report')) return; // retrainings from before there were reports
  const { source, line, models } = plan;
  const startedAt = workflowInfo().startTime.getTime();
  const { status, reasons } = end;
  const input = { runKey, workflowId, startedAt, source, line, models, status, reasons, ...course };
  try {
    const { htmlHash } = await CancellationScope.nonCancellable(() =>
      briefBookkeeping('Write the report').writeReport(input),
    );
    table.link('report', reportLink(plan, htmlHash));
  } catch (fault) {
    table.mark('report', 'failed', faultOf(fault).message);
  }
}
