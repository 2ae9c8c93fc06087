import type { PromotionActivities } from '../contracts/activities.js';
import {
  decideRequestInput,
  overrideRejectionInput,
  promoteVersionInput,
  promotionCandidateInput,
  promotionTarget,
  requestPromotionInput,
  rollbackVersionInput,
} from '../contracts/activities.js';
import { requireNewestInStage } from '../registry/choose-version.js';
import { runJob } from './run-job.js';
import type { PromotionActivityDeps } from './dependencies.js';
import { parse } from './parse.js';

/** Stage changes and their approvals. Each change has the workflow's key, so that repeating a step changes nothing twice. */
export const createPromotionActivities = (deps: PromotionActivityDeps): PromotionActivities => ({
  async findPromotionCandidate(input) {
    const { modelName, line, inStage } = parse(promotionCandidateInput, input);
    const { version } = await requireNewestInStage(deps.registry, { modelName, line }, inStage);
    return { version };
  },

  async requestPromotion(input) {
    const { runKey, ...request } = parse(requestPromotionInput, input);
    const requestId = `${request.modelName}-${request.line}-${request.version}-${request.toStage}-${runKey.slice(0, 8)}`;
    const { supersededWorkflowIds } = await deps.registry.openPromotionRequest({ ...request, requestId });
    const requiresApproval = request.toStage === 'production' && deps.config.productionApproval === 'manual';
    return { requestId, requiresApproval, supersededWorkflowIds };
  },

  async decidePromotionRequest(input) {
    const { requestId, ...verdict } = parse(decideRequestInput, input);
    await deps.registry.decidePromotionRequest(requestId, verdict);
  },

  async promoteVersion(input) {
    const { runKey, toStage: to, from, ...target } = parse(promoteVersionInput, input);
    const idempotencyKey = `${runKey}/promote/${target.version}/${to}`;
    const order = { ...target, to, idempotencyKey };
    const moved = await deps.registry.promote(from === null ? order : { ...order, from });
    return { from: moved.from, to: moved.to };
  },

  async smokeTest(input) {
    const { modelName, line, version } = parse(promotionTarget, input);
    const { artefactHash } = await deps.registry.getVersion(modelName, line, version);
    return runJob(deps, 'smokeTest', { modelName, artefactHash });
  },

  async rollbackVersion(input) {
    const { runKey, from, ...target } = parse(rollbackVersionInput, input);
    const order = { ...target, idempotencyKey: `${runKey}/rollback` };
    const { version } = await deps.registry.rollback(from === null ? order : { ...order, from });
    return { version };
  },

  overrideRejection(input) {
    const { rejectedRunKey: runKey, ...order } = parse(overrideRejectionInput, input);
    return deps.registry.overrideRejection({ ...order, runKey });
  },
});
