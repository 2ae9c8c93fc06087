import './zod-without-eval.js';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ApprovalInput, ApprovalReceipt, PromoteModelInput, PromoteModelResult } from '../contracts/workflows.js';
import { approvalInput, promoteModelInput } from '../contracts/workflows.js';
import { faultOf } from './failures.js';
import { approvePromotion, rejectPromotion, superseded } from './messages.js';
import { parseInput, required } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import type { ProgressTable, StepState } from './visibility.js';
import { label, showProgress } from './visibility.js';

/** A smoke test loads one artefact and predicts one sample; two minutes of silence mean a lost worker. */
const SMOKE_TEST_SILENCE_MS = 120_000;

type Target = Pick<PromoteModelResult, 'modelName' | 'line' | 'version'> & {
  readonly toStage: 'staging' | 'production';
};

interface Verdict {
  /** `failed`: the workflow was cancelled while it waited. */
  readonly status: 'approved' | 'rejected' | 'superseded' | 'expired' | 'failed';
  readonly decidedBy: string;
  readonly reason: string;
}

/** The first verdict counts, whoever gives it: approver, newer request, timer or cancellation. */
interface Decision {
  verdict: Verdict | null;
}

interface Promotion {
  readonly runKey: string;
  readonly target: Target;
  readonly table: ProgressTable;
}

/**
 * Moves a version to a stage: opens a request, waits for the approval that the stage needs, promotes, proves the
 * version in a smoke test and takes the promotion back when that fails.
 * Approval comes as the update `approvePromotion` with approver and reason; a newer request supersedes this one.
 * A cancellation closes the request that still waits; a verdict is carried out to its end, so that no version stays in
 * a stage unproven.
 */
export async function promoteModel(input: PromoteModelInput = {}): Promise<PromoteModelResult> {
  const request = parseInput(promoteModelInput, input);
  const modelName = required(request.modelName, 'modelName');
  const { line, toStage } = request;
  const table = showProgress(['request', 'approval', 'promotion', 'smoke test']);
  label({ ModelName: modelName });
  const version = request.version ?? (await newestBelow(modelName, line, toStage));
  const promotion = {
    runKey: workflowInfo().firstExecutionRunId,
    target: { modelName, line, version, toStage },
    table,
  };

  const decision = listenForVerdict(promotion.target);
  // Cancelled in this moment, it still learns which request it has to close.
  const opened = await CancellationScope.nonCancellable(() => openRequest(promotion, request.requestedBy));
  const waiting = opened.requiresApproval
    ? () => awaitVerdict(promotion, decision, request.approvalHours)
    : () => approveUnasked(promotion.target, request.requestedBy);
  const verdict = await settle(decision, waiting);
  return CancellationScope.nonCancellable(() => carryOut(promotion, opened.requestId, verdict));
}

async function newestBelow(modelName: string, line: string, toStage: Target['toStage']): Promise<string> {
  const inStage = toStage === 'production' ? 'staging' : 'dev';
  const step = bookkeeping(`Find the newest version in ${inStage}`);
  return (await step.findPromotionCandidate({ modelName, line, inStage })).version;
}

/** Installs the message handlers. @returns what they and {@link settle} write to. */
function listenForVerdict(target: Target): Decision {
  const decision: Decision = { verdict: null };
  const validator = (given: ApprovalInput): void => {
    parseInput(approvalInput, given);
    const { verdict } = decision;
    if (verdict !== null)
      throw ApplicationFailure.nonRetryable(
        `the request for ${target.modelName} ${target.version} is already ${verdict.status} by ${verdict.decidedBy}`,
        'REQUEST_NOT_FOUND',
      );
  };
  const decide =
    (status: 'approved' | 'rejected') =>
    (given: ApprovalInput): ApprovalReceipt => {
      const { approver, reason } = parseInput(approvalInput, given);
      decision.verdict = { status, decidedBy: approver, reason };
      return { ...target, verdict: status };
    };
  const description = 'Needs {"approver": "…", "reason": "…"}';
  setHandler(approvePromotion, decide('approved'), { validator, description });
  setHandler(rejectPromotion, decide('rejected'), { validator, description });
  setHandler(superseded, (newer) => {
    decision.verdict ??= { status: 'superseded', decidedBy: newer, reason: `superseded by ${newer}` };
  });
  return decision;
}

async function openRequest({ runKey, target, table }: Promotion, requestedBy: string) {
  const { workflowId } = workflowInfo();
  table.enter('request');
  table.mark('request', 'running');
  const step = bookkeeping(`Request ${target.toStage} for ${target.version}`);
  const opened = await step.requestPromotion({ ...target, runKey, workflowId, requestedBy });
  await Promise.all(
    opened.supersededWorkflowIds.map((older) => supersede(older, `${target.modelName} ${target.version}`)),
  );
  table.mark('request', 'done', opened.requestId);
  return opened;
}

/** A courtesy: the registry has closed the older request already, and its workflow may have ended meanwhile. */
async function supersede(workflowId: string, newer: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(superseded, newer);
  } catch {
    // Nobody waits there any more.
  }
}

/** Waits and makes what came of it the verdict, unless a message was faster. */
async function settle(decision: Decision, waiting: () => Promise<Verdict> | Verdict): Promise<Verdict> {
  let found: Verdict;
  try {
    found = await waiting();
  } catch (failure) {
    if (!isCancellation(failure)) throw failure;
    const reason = 'the promotion was cancelled before it was decided';
    found = { status: 'failed', decidedBy: 'cancellation', reason };
  }
  return (decision.verdict ??= found);
}

async function awaitVerdict({ target, table }: Promotion, decision: Decision, approvalHours: number): Promise<Verdict> {
  table.enter('awaiting approval');
  table.mark('approval', 'running', `of ${target.version} for ${target.toStage}, open for ${approvalHours} hours`);
  await condition(() => decision.verdict !== null, approvalHours * 3_600_000);
  const expired = `nobody decided within ${approvalHours} hours`;
  return decision.verdict ?? { status: 'expired', decidedBy: 'timer', reason: expired };
}

function approveUnasked({ toStage }: Target, decidedBy: string): Verdict {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the promotion was cancelled');
  return { status: 'approved', decidedBy, reason: `${toStage} needs no approval here` };
}

async function carryOut(promotion: Promotion, requestId: string, verdict: Verdict): Promise<PromoteModelResult> {
  const { table } = promotion;
  const { status, decidedBy, reason } = verdict;
  table.mark('approval', approvalState(status), `${status} by ${decidedBy}: ${reason}`);
  await bookkeeping(`Record ${status}`).decidePromotionRequest({ requestId, ...verdict });
  if (status === 'approved') return promoteAndProve(promotion, requestId, verdict);
  if (status !== 'failed') return finished(promotion, status, verdict);
  label({ Decision: 'cancelled' });
  throw new CancelledFailure(reason);
}

async function promoteAndProve(promotion: Promotion, requestId: string, verdict: Verdict): Promise<PromoteModelResult> {
  await promote(promotion, verdict);
  const { passed, finding } = await smokeTest(promotion);
  if (passed) return finished(promotion, 'promoted', verdict);
  promotion.table.mark('promotion', 'failed', 'taken back');
  const failure = { ...verdict, reason: `smoke test failed: ${finding}` };
  await takeBack(promotion, failure.reason);
  await bookkeeping('Record failed').decidePromotionRequest({ requestId, ...failure, status: 'failed' });
  return finished(promotion, 'rolled-back', failure);
}

function approvalState(status: Verdict['status']): StepState {
  if (status === 'approved') return 'done';
  return status === 'failed' ? 'cancelled' : 'rejected';
}

function finished(
  { target, table }: Promotion,
  status: PromoteModelResult['status'],
  { decidedBy, reason }: Verdict,
): PromoteModelResult {
  table.enter(status);
  label({ Decision: status });
  return { ...target, status, decidedBy, reason };
}

async function promote({ runKey, target, table }: Promotion, { decidedBy, reason }: Verdict): Promise<void> {
  table.enter('promotion');
  table.mark('promotion', 'running');
  const step = bookkeeping(`Promote ${target.version} to ${target.toStage}`);
  const { from, to } = await step.promoteVersion({ ...target, runKey, actor: decidedBy, reason });
  table.mark('promotion', 'done', `${from} → ${to}`);
}

async function smokeTest({ target, table }: Promotion): Promise<{ passed: boolean; finding: string }> {
  table.enter('smoke test');
  table.mark('smoke test', 'running');
  const tested = await dataStep('Smoke test', SMOKE_TEST_SILENCE_MS)
    .smokeTest(target)
    .catch((failure: unknown) => ({
      passed: false,
      finding: faultOf(failure).message,
    }));
  table.mark('smoke test', tested.passed ? 'done' : 'failed', tested.finding);
  return tested;
}

/**
 * In production the former version takes over again; where there is none, and in staging, the version is archived:
 * a version that failed stays in no stage that is served or proposed. One that somebody else has moved meanwhile is left
 * where it is, and so is what took its place.
 */
async function takeBack({ runKey, target }: Promotion, reason: string): Promise<void> {
  const { modelName, line, version, toStage } = target;
  const order = { runKey, actor: 'promoteModel', reason };
  const step = bookkeeping('Take the promotion back');
  const archive = () => step.promoteVersion({ ...target, ...order, from: toStage, toStage: 'archived' });
  const former = () => step.rollbackVersion({ ...order, modelName, line, from: version });
  try {
    if (toStage === 'staging') await archive();
    else if (!(await succeeds(former, 'TRANSITION_NOT_ALLOWED'))) await archive();
  } catch (failure) {
    if (faultOf(failure).code !== 'CONFLICT') throw failure;
  }
}

/** @returns False when the step failed with this code. */
async function succeeds(step: () => Promise<unknown>, code: string): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (failure) {
    if (faultOf(failure).code === code) return false;
    throw failure;
  }
}
