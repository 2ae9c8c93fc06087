import './zod-without-eval.js';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isSynthetic } from '../contracts/ids.js';
import type { ApprovalInput, ApprovalReceipt, PromoteModelInput, PromoteModelResult } from '../contracts/workflows.js';
import { approvalInput, promoteModelInput } from '../contracts/workflows.js';
import { namedLine, onlyLineIn } from './choose.js';
import { faultOf } from './failures.js';
import { approvePromotion, rejectPromotion, superseded } from './messages.js';
import { parseInput, required } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import type { ProgressTable, StepState } from './visibility.js';
import { setSearchAttributes, showProgress, sourceAttribute } from './visibility.js';

/** A smoke test loads one artefact and predicts one sample; without a heartbeat for two minutes the worker is lost. */
const SMOKE_TEST_SILENCE_MS = 120_000;

type Target = Pick<PromoteModelResult, 'modelName' | 'line' | 'version'> & {
  readonly toStage: 'staging' | 'production';
};

interface Verdict {
  /** `failed`: the workflow was cancelled before a decision. */
  readonly status: 'approved' | 'rejected' | 'superseded' | 'expired' | 'failed';
  readonly decidedBy: string;
  readonly reason: string;
  /** The approval says that the version is a demo. */
  readonly demo?: boolean;
}

/** Holds the first verdict: by an approver, a newer request, the timer or a cancellation. */
interface Decision {
  verdict: Verdict | null;
  /** Null until the request is open. */
  requestId: string | null;
}

interface Promotion {
  readonly runKey: string;
  readonly target: Target;
  /** The request says that the version is a demo. */
  readonly demo: boolean;
  readonly table: ProgressTable;
}

/**
 * Moves a version to a stage: opens a request, waits for the approval that the stage needs, promotes, verifies the
 * version with a smoke test and reverts the promotion when the test fails.
 * Approval comes as the update `approvePromotion` with approver, reason and, for production, a proof; a newer request supersedes this one.
 * A cancellation closes a request without a verdict; once there is a verdict it is applied to the end, so that no
 * version stays in a stage without a smoke test.
 */
export async function promoteModel(input: PromoteModelInput = {}): Promise<PromoteModelResult> {
  const request = parseInput(promoteModelInput, input);
  const { toStage, demo } = request;
  const { modelName, line } = namedLine(request) ?? (await onlyLineIn(stageBelow(toStage), input));
  const table = showProgress(['request', 'approval', 'promotion', 'smoke test']);
  table.onLine(line);
  setSearchAttributes({ ModelName: modelName, ...sourceAttribute(line) });
  const version = request.version ?? (await newestBelow(modelName, line, toStage));
  const promotion = {
    runKey: workflowInfo().firstExecutionRunId,
    target: { modelName, line, version, toStage },
    demo,
    table,
  };

  const decision = listenForVerdict(promotion);
  // Not cancellable, so that a request that was opened is always known here and can be closed.
  const opened = await CancellationScope.nonCancellable(() => openRequest(promotion, request.requestedBy));
  decision.requestId = opened.requestId;
  const wait = opened.requiresApproval
    ? () => waitForApproval(promotion, decision, request.approvalHours)
    : () => approveAutomatically(promotion.target, request.requestedBy);
  const verdict = await waitForVerdict(decision, wait);
  return CancellationScope.nonCancellable(() => applyVerdict(promotion, opened.requestId, verdict));
}

const needsDemo = ({ line, toStage }: Target): boolean => toStage === 'production' && isSynthetic(line);

const notWithoutDemo = ({ modelName, version }: Target): string =>
  `${modelName} ${version} learned from synthetic data and reaches production as a demo only: ` +
  'approve it with --demo, or with "demo": true';

const stageBelow = (toStage: Target['toStage']) => (toStage === 'production' ? 'staging' : 'dev');

async function newestBelow(modelName: string, line: string, toStage: Target['toStage']): Promise<string> {
  const inStage = stageBelow(toStage);
  const step = bookkeeping(`Find the newest version in ${inStage}`);
  return (await step.findPromotionCandidate({ modelName, line, inStage })).version;
}

/** Installs the message handlers. @returns what they and {@link waitForVerdict} write to. */
function listenForVerdict({ target, demo: requested }: Promotion): Decision {
  const decision: Decision = { verdict: null, requestId: null };
  const validator = (given: ApprovalInput): void => {
    parseInput(approvalInput, given);
    expectUndecided(decision, target);
  };
  const approvalValidator = (given: ApprovalInput): void => {
    validator(given);
    const { demo } = parseInput(approvalInput, given);
    if (needsDemo(target) && !demo && !requested)
      throw ApplicationFailure.nonRetryable(notWithoutDemo(target), 'TRANSITION_NOT_ALLOWED');
  };
  const decide = (status: 'approved' | 'rejected', given: ApprovalInput): ApprovalReceipt => {
    const { approver, reason, demo } = parseInput(approvalInput, given);
    decision.verdict = { status, decidedBy: approver, reason, demo };
    return { ...target, verdict: status };
  };
  const approve = async (given: ApprovalInput): Promise<ApprovalReceipt> => {
    await verifyApproval(target, decision, given);
    return decide('approved', given);
  };
  // Not an async function: replaying an approval of an older history must settle in the same microtask as then.
  const approveIfProven = (given: ApprovalInput) =>
    patched('approval-proof') ? approve(given) : decide('approved', given);
  setHandler(approvePromotion, approveIfProven, { validator: approvalValidator, description: approvalHelp(target) });
  setHandler(rejectPromotion, (given) => decide('rejected', given), { validator, description: rejectionHelp });
  const supersedeBy = (newer: string): void => {
    decision.verdict ??= { status: 'superseded', decidedBy: newer, reason: `superseded by ${newer}` };
  };
  setHandler(superseded, supersedeBy, { description: 'Sent by the request of a newer version; ends this one' });
  return decision;
}

const rejectionHelp = 'Needs {"approver": "…", "reason": "…"}';
function approvalHelp(target: Target): string {
  if (target.toStage !== 'production') return rejectionHelp;
  const demo = needsDemo(target) ? ', "demo": true' : '';
  return `Needs {"approver": "…", "reason": "…"${demo}, "proof": "…"}: \`ml approve … --print-argument\` prints it`;
}

function expectUndecided({ verdict }: Decision, { modelName, version }: Target): void {
  if (verdict === null) return;
  const message = `the request for ${modelName} ${version} is already ${verdict.status} by ${verdict.decidedBy}`;
  throw ApplicationFailure.nonRetryable(message, 'REQUEST_NOT_FOUND');
}

/** Refuses an approval without the proof that its stage needs; another verdict may come first meanwhile. */
async function verifyApproval(target: Target, decision: Decision, given: ApprovalInput): Promise<void> {
  await condition(() => decision.requestId !== null);
  const requestId = required(decision.requestId, 'requestId');
  const approval = parseInput(approvalInput, given);
  await bookkeeping('Verify the approval').verifyApproval({ ...target, requestId, approval });
  expectUndecided(decision, target);
}

async function openRequest({ runKey, target, demo, table }: Promotion, requestedBy: string) {
  const { workflowId } = workflowInfo();
  table.enter('request');
  table.mark('request', 'running');
  const step = bookkeeping(`Request ${target.toStage} for ${target.version}`);
  const opened = await step.requestPromotion({ ...target, runKey, workflowId, requestedBy, demo });
  await Promise.all(
    opened.supersededWorkflowIds.map((older) => supersede(older, `${target.modelName} ${target.version}`)),
  );
  table.mark('request', 'done', opened.requestId);
  return opened;
}

/** Tells the older workflow to end; the registry has closed its request already, and the workflow may have ended. */
async function supersede(workflowId: string, newer: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(superseded, newer);
  } catch {
    // The older workflow has ended.
  }
}

/** The verdict of `wait`, or `failed` when it is cancelled; a verdict that a message gave before has precedence. */
async function waitForVerdict(decision: Decision, wait: () => Promise<Verdict> | Verdict): Promise<Verdict> {
  let found: Verdict;
  try {
    found = await wait();
  } catch (failure) {
    if (!isCancellation(failure)) throw failure;
    const reason = 'the promotion was cancelled before it was decided';
    found = { status: 'failed', decidedBy: 'cancellation', reason };
  }
  return (decision.verdict ??= found);
}

async function waitForApproval(
  { target, table }: Promotion,
  decision: Decision,
  approvalHours: number,
): Promise<Verdict> {
  table.enter('awaiting approval');
  table.mark('approval', 'running', `of ${target.version} for ${target.toStage}, open for ${approvalHours} hours`);
  await condition(() => decision.verdict !== null, approvalHours * 3_600_000);
  const expired = `nobody decided within ${approvalHours} hours`;
  return decision.verdict ?? { status: 'expired', decidedBy: 'timer', reason: expired };
}

function approveAutomatically({ toStage }: Target, decidedBy: string): Verdict {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the promotion was cancelled');
  return { status: 'approved', decidedBy, reason: `${toStage} needs no approval here` };
}

async function applyVerdict(promotion: Promotion, requestId: string, verdict: Verdict): Promise<PromoteModelResult> {
  const { table } = promotion;
  const { status, decidedBy, reason } = verdict;
  table.mark('approval', approvalState(status), `${status} by ${decidedBy}: ${reason}`);
  await bookkeeping(`Record ${status}`).decidePromotionRequest({ requestId, status, decidedBy, reason });
  if (status === 'approved') return promoteAndVerify(promotion, requestId, verdict);
  if (status !== 'failed') return resultOf(promotion, status, verdict);
  setSearchAttributes({ Decision: 'cancelled' });
  throw new CancelledFailure(reason);
}

async function promoteAndVerify(
  promotion: Promotion,
  requestId: string,
  verdict: Verdict,
): Promise<PromoteModelResult> {
  await promote(promotion, verdict);
  const { passed, finding } = await smokeTest(promotion);
  if (passed) return resultOf(promotion, 'promoted', verdict);
  promotion.table.mark('promotion', 'failed', 'taken back');
  const { decidedBy } = verdict;
  const failure = { status: 'failed' as const, decidedBy, reason: `smoke test failed: ${finding}` };
  await revertPromotion(promotion, failure.reason);
  await bookkeeping('Record failed').decidePromotionRequest({ requestId, ...failure });
  return resultOf(promotion, 'rolled-back', failure);
}

function approvalState(status: Verdict['status']): StepState {
  if (status === 'approved') return 'done';
  return status === 'failed' ? 'cancelled' : 'rejected';
}

function resultOf(
  { target, table }: Promotion,
  status: PromoteModelResult['status'],
  { decidedBy, reason }: Verdict,
): PromoteModelResult {
  table.enter(status);
  setSearchAttributes({ Decision: status });
  return { ...target, status, decidedBy, reason };
}

async function promote(promotion: Promotion, { decidedBy, reason, demo: approved }: Verdict): Promise<void> {
  const { runKey, target, table } = promotion;
  table.enter('promotion');
  table.mark('promotion', 'running');
  const step = bookkeeping(`Promote ${target.version} to ${target.toStage}`);
  const demo = promotion.demo || approved === true;
  const { from, to } = await step.promoteVersion({ ...target, runKey, demo, actor: decidedBy, reason });
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
 * Takes a version that failed its smoke test out of the stage. In production the former version becomes production
 * again; where there is none, and in staging, the version is archived. When another request has moved the version
 * meanwhile, nothing changes.
 */
async function revertPromotion({ runKey, target }: Promotion, reason: string): Promise<void> {
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

/** @returns whether the step succeeds; false when it fails with this code, other failures are thrown. */
async function succeeds(step: () => Promise<unknown>, code: string): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (failure) {
    if (faultOf(failure).code === code) return false;
    throw failure;
  }
}
