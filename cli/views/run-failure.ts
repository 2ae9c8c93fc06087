import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { isErrorCode } from '../../contracts/errors.js';
import type { RunRecord } from '../../contracts/registry.js';
import { parseFailureReason, type RunFailure } from '../../contracts/run-failure.js';
import { masterTrainingResult } from '../../contracts/workflows.js';
import type { Output } from '../output/output.js';
import { adviceOf, toPipelineError } from '../program/errors.js';

/** A failure and what the reader can do. */
export interface ExplainedFailure extends RunFailure {
  readonly remedy: string;
}

const explained = (failure: RunFailure): ExplainedFailure => ({
  ...failure,
  remedy: isErrorCode(failure.code) ? adviceOf(failure.code) : '',
});

/** Why a recorded run failed or was cancelled; null for any other run. */
export function failureOfRun({ status, reasons }: Pick<RunRecord, 'status' | 'reasons'>): ExplainedFailure | null {
  if (status !== 'failed' && status !== 'cancelled') return null;
  const message = reasons.join('; ');
  const code = status === 'cancelled' ? 'CANCELLED' : 'INTERNAL';
  return explained(parseFailureReason(message) ?? { code, stage: null, message });
}

/** Workflow states without a result. */
const ended: readonly string[] = ['FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** Why a workflow has no result, or what its models failed with; [] while it runs and when it has decided. */
export async function failuresOfWorkflow(
  handle: WorkflowHandle,
  description: WorkflowExecutionDescription,
): Promise<readonly ExplainedFailure[]> {
  const { status, type } = description;
  if (ended.includes(status.name)) return [await failureOf(handle, stageOf(description))];
  if (type !== 'masterTraining' || status.name !== 'COMPLETED') return [];
  const parsed = masterTrainingResult.safeParse(await handle.result());
  return (parsed.data?.models ?? []).flatMap((outcome) =>
    outcome.status === 'failed'
      ? [explained({ stage: outcome.modelName, code: outcome.errorCode, message: outcome.message })]
      : [],
  );
}

async function failureOf(handle: WorkflowHandle, stage: string | null): Promise<ExplainedFailure> {
  try {
    await handle.result();
    return explained({ stage, code: 'INTERNAL', message: 'the workflow has a result and is said to have failed' });
  } catch (fault) {
    const { code, message } = toPipelineError(fault);
    return explained({ stage, code, message });
  }
}

/** The search attribute `Stage`, which needs no worker to answer. */
function stageOf({ typedSearchAttributes }: WorkflowExecutionDescription): string | null {
  const found = typedSearchAttributes.getAll().find(({ key }) => key.name === 'Stage');
  return typeof found?.value === 'string' ? found.value : null;
}

/** Three lines: where, why and what to do. */
export function printFailure(out: Output, { stage, code, message, remedy }: ExplainedFailure): void {
  out.line(`  ${out.paint.red(code)}${stage === null ? '' : ` in ${stage}`}`);
  for (const line of message.split('\n')) out.line(`    ${line}`);
  if (remedy !== '') out.line(`    → ${remedy}`);
}
