import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { PromotionActivities } from '../contracts/promotion-activities.js';
import {
  decideRequestInput,
  linesInput,
  overrideRejectionInput,
  promoteVersionInput,
  promotionCandidateInput,
  promotionTarget,
  requestPromotionInput,
  rollbackVersionInput,
  verifyApprovalInput,
} from '../contracts/promotion-activities.js';
import { pipelineError } from '../contracts/errors.js';
import { isSynthetic } from '../contracts/ids.js';
import { isProven } from '../registry/approval-proof.js';
import { requireNewestInStage } from '../registry/choose-version.js';
import { runJob } from './run-job.js';
import type { PromotionActivityDeps } from './dependencies.js';
import { parse } from './parse.js';

/**
 * The version's line: that of the request which this workflow opened for it, since a migration may have moved version
 * and request to another line while the workflow waited (ADR 0205); without a request, the line as given.
 */
async function presentLine(
  { registry }: PromotionActivityDeps,
  { modelName, line, version }: { readonly modelName: string; readonly line: string; readonly version: string | null },
): Promise<string> {
  const workflowId = Context.current().info.workflowExecution?.workflowId;
  const requests = await registry.listPromotionRequests({ modelName });
  const own = requests.find((request) => request.workflowId === workflowId && request.version === version);
  return own?.line ?? line;
}

async function listLinesIn({ registry }: PromotionActivityDeps, { inStage, line }: z.infer<typeof linesInput>) {
  const versions = await registry.listVersions(line === null ? {} : { line });
  const staged = versions.filter(({ stage }) => stage === inStage);
  const lines = new Map(staged.map((it) => [`${it.modelName} ${it.line}`, { modelName: it.modelName, line: it.line }]));
  return { lines: [...lines.values()] };
}

/** Stage changes and their approvals. Each change has the workflow's key, so that repeating a step changes nothing twice. */
export const createPromotionActivities = (deps: PromotionActivityDeps): PromotionActivities => ({
  listLinesIn: (input) => listLinesIn(deps, parse(linesInput, input)),

  async findPromotionCandidate(input) {
    const { modelName, line, inStage } = parse(promotionCandidateInput, input);
    const { version } = await requireNewestInStage(deps.registry, { modelName, line }, inStage);
    return { version };
  },

  async requestPromotion(input) {
    const { runKey, demo, ...request } = parse(requestPromotionInput, input);
    const requestId = `${request.modelName}-${request.line}-${request.version}-${request.toStage}-${runKey.slice(0, 8)}`;
    const { supersededWorkflowIds } = await deps.registry.openPromotionRequest({ ...request, requestId });
    const unattended = deps.config.productionApproval === 'automatic' && (demo || !isSynthetic(request.line));
    const requiresApproval = request.toStage === 'production' && !unattended;
    return { requestId, requiresApproval, supersededWorkflowIds };
  },

  async verifyApproval(input) {
    const { toStage, modelName, version, requestId, approval } = parse(verifyApprovalInput, input);
    if (toStage !== 'production' || deps.config.approvalProof === 'off') return;
    if (isProven(await deps.approvalSecret(), { requestId, approval })) return;
    const finding =
      approval.proof === undefined ? 'has no proof' : 'has a proof made for other words or another secret';
    throw pipelineError('APPROVAL_NOT_PROVEN', { modelName, version, finding, requestId });
  },

  async decidePromotionRequest(input) {
    const { requestId, ...verdict } = parse(decideRequestInput, input);
    await deps.registry.decidePromotionRequest(requestId, verdict);
  },

  async promoteVersion(input) {
    const { runKey, toStage: to, from, ...target } = parse(promoteVersionInput, input);
    const idempotencyKey = `${runKey}/promote/${target.version}/${to}`;
    const order = { ...target, line: await presentLine(deps, target), to, idempotencyKey };
    const moved = await deps.registry.promote(from === null ? order : { ...order, from });
    return { from: moved.from, to: moved.to };
  },

  async smokeTest(input) {
    const target = parse(promotionTarget, input);
    const { modelName, version } = target;
    const { artefactHash } = await deps.registry.getVersion(modelName, await presentLine(deps, target), version);
    return runJob(deps, 'smokeTest', { modelName, artefactHash });
  },

  async rollbackVersion(input) {
    const { runKey, from, ...target } = parse(rollbackVersionInput, input);
    const line = await presentLine(deps, { ...target, version: from });
    const order = { ...target, line, idempotencyKey: `${runKey}/rollback` };
    const { version } = await deps.registry.rollback(from === null ? order : { ...order, from });
    return { version };
  },

  overrideRejection(input) {
    const { rejectedRunKey: runKey, ...order } = parse(overrideRejectionInput, input);
    return deps.registry.overrideRejection({ ...order, runKey });
  },
});
