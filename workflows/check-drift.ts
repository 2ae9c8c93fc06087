import './zod-without-eval.js';
import { type RetryPolicy, WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import { ParentClosePolicy, sleep, startChild, workflowInfo } from '@temporalio/workflow';
import {
  checkDriftInput,
  type CheckDriftInput,
  type CheckDriftResult,
  type DriftCheckPlan,
  type DriftDecision,
  type PlannedDriftLine,
} from '../contracts/drift.js';
import { sourceOfLine } from '../contracts/ids.js';
import { workflowIds } from '../contracts/workflows.js';
import { onlyModel } from './choose.js';
import { masterTraining } from './master-training.js';
import { parseInput } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import { setSearchAttributes, showProgress, summaryOf } from './visibility.js';
import type { ProgressTable } from './visibility.js';

/** Between two looks whether another retraining of the source has ended, and how often is looked. */
const [PAUSE, MOST_LOOKS] = ['5 minutes', 288] as const; // a day: the next check comes then

/**
 * Another retraining may take the source's lock between the last look and the start. The server then starts this one
 * again, under the same id, for another day; every other failure of it is final.
 */
const WHILE_LOCKED: RetryPolicy = {
  ...{ initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: PAUSE },
  maximumAttempts: MOST_LOOKS,
};

interface Check {
  readonly plan: DriftCheckPlan;
  readonly table: ProgressTable;
}

/**
 * Compares the answers of a model in a window with the rows that its champion was judged on, line by line, and decides
 * once about each window: nothing, an alert, or an alert and a retraining, which runs on after this workflow. The decision
 * is recorded before the retraining is started, under an id that follows from the window: a check that is repeated or was
 * killed in between starts the retraining that is missing, and never a second one.
 */
export async function checkDrift(input: CheckDriftInput = {}): Promise<CheckDriftResult> {
  const request = parseInput(checkDriftInput, input);
  const table = showProgress([]);
  const modelName = request.modelName ?? (await onlyModel());
  setSearchAttributes({ ModelName: modelName });
  const { line, windowEnd } = request;
  const plan = await bookkeeping('Plan').planDriftCheck({ modelName, line, windowEnd });
  table.enter('comparison');
  const lines: DriftDecision[] = [];
  for (const planned of plan.lines) lines.push(await checkLine({ plan, table }, planned));
  table.enter('done');
  return { modelName, lines };
}

async function checkLine({ plan, table }: Check, planned: PlannedDriftLine): Promise<DriftDecision> {
  const { modelName, heartbeatTimeoutMs } = plan;
  const { line } = planned;
  table.mark(line, 'running', `version ${planned.version}`);
  const step = dataStep(summaryOf(`Compare answers of ${modelName}`, line), heartbeatTimeoutMs);
  const decided = await step.decideDrift({ ...planned, modelName });
  setSearchAttributes({ Decision: decided.decision });
  table.mark(line, 'done', [decided.decision, ...decided.reasons].join(': '));
  if (decided.retrainingId !== null && decided.startedAt === null) await retrain({ plan, table }, decided);
  return decided;
}

/** Starts the retraining of a decision, unless it was started before. */
async function retrain({ table }: Check, { modelName, line, window, retrainingId }: DriftDecision): Promise<void> {
  const source = sourceOfLine(line);
  await waitForOthers(source, (detail) => table.mark(line, 'running', detail));
  try {
    await startChild(masterTraining, {
      workflowId: retrainingId!,
      args: [{ models: [modelName], source, trigger: 'drift' }],
      // Also after it has ended: one window starts one retraining.
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      retry: WHILE_LOCKED,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: summaryOf(`Retrain ${modelName} for drift`, line),
    });
  } catch (failure) {
    if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
  }
  await bookkeeping('Record the start').recordDriftRetraining({ modelName, line, windowEnd: window.to });
  table.mark(line, 'done', `retraining ${retrainingId}`);
}

/** Two retrainings of a source do not run at once: the second would be refused. */
async function waitForOthers(source: string, report: (detail: string) => void): Promise<void> {
  const lockId = workflowIds.retrainingLockOf(workflowInfo().taskQueue, source);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { workflowId: holder } = await bookkeeping('Look for another retraining').findLockHolder({ lockId });
    if (holder === null) return;
    report(`waits for ${holder}`);
    await sleep(PAUSE);
  }
}
