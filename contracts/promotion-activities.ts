import { z } from 'zod';
import { lineName, modelName, semanticVersion, stage } from './ids.js';
import type { OverriddenRun } from './registry.js';
import { approvalInput } from './workflows.js';

/* Inputs and results of the activities of promotion and rollback, on the queue `pipeline`. */

const runKey = z.string().min(1);

export const promotionTarget = z.strictObject({ modelName, line: lineName, version: semanticVersion, toStage: stage });
export const promoteVersionInput = promotionTarget.extend({
  runKey,
  /** The stage that the version must be in; null: any. */
  from: stage.nullable().default(null),
  /** Confirms that a version of synthetic data goes to production as a demo. */
  demo: z.boolean().default(false),
  actor: z.string().min(1),
  reason: z.string().min(1),
});
export const requestPromotionInput = promotionTarget.extend({
  runKey,
  workflowId: z.string(),
  requestedBy: z.string(),
  demo: z.boolean().default(false),
});
export const verifyApprovalInput = promotionTarget.extend({ requestId: z.string(), approval: approvalInput });
export const linesInput = z.strictObject({ inStage: stage, line: lineName.nullable() });
export const promotionCandidateInput = z.strictObject({ modelName, line: lineName, inStage: stage });
export const rollbackVersionInput = z.strictObject({
  runKey,
  modelName,
  line: lineName,
  /** The version that must be in production; null: any. */
  from: semanticVersion.nullable().default(null),
  actor: z.string().min(1),
  reason: z.string().min(1),
});
export const overrideRejectionInput = z.strictObject({
  /** Of the rejected run. */
  rejectedRunKey: runKey,
  modelName,
  actor: z.string().min(1),
  reason: z.string().min(1),
});
export const decideRequestInput = z.strictObject({
  requestId: z.string(),
  status: z.enum(['approved', 'rejected', 'superseded', 'expired', 'failed']),
  decidedBy: z.string(),
  reason: z.string(),
});

export interface PromotionActivities {
  /** Lines of all models, or those of this name, that have a version in a stage. */
  listLinesIn: (
    input: z.infer<typeof linesInput>,
  ) => Promise<{ readonly lines: readonly { readonly modelName: string; readonly line: string }[] }>;
  /** The newest version of the line in this stage. @throws `VERSION_NOT_FOUND`. */
  findPromotionCandidate: (input: z.infer<typeof promotionCandidateInput>) => Promise<{ readonly version: string }>;
  /**
   * Checks that the transition is allowed, opens a request, supersedes older ones. A synthetic line may ask for
   * production without `demo`; the request then needs an approval that says it. @throws `TRANSITION_NOT_ALLOWED`.
   */
  requestPromotion: (input: z.input<typeof requestPromotionInput>) => Promise<{
    readonly requestId: string;
    readonly requiresApproval: boolean;
    readonly supersededWorkflowIds: readonly string[];
  }>;
  /**
   * Checks that an approval for production was made by somebody who knows the secret of the installation.
   * @throws `APPROVAL_NOT_PROVEN`.
   */
  verifyApproval: (input: z.input<typeof verifyApprovalInput>) => Promise<void>;
  decidePromotionRequest: (input: z.infer<typeof decideRequestInput>) => Promise<void>;
  promoteVersion: (
    input: z.input<typeof promoteVersionInput>,
  ) => Promise<{ readonly from: string; readonly to: string }>;
  /** Loads the version as serving does and compares predictions of its stored sample with the stored answers, to 1e-5. */
  smokeTest: (
    input: z.infer<typeof promotionTarget>,
  ) => Promise<{ readonly passed: boolean; readonly finding: string }>;
  /**
   * Makes the former production version production again.
   * @throws `TRANSITION_NOT_ALLOWED` when there is none; `CONFLICT` when `from` is not in production.
   */
  rollbackVersion: (input: z.input<typeof rollbackVersionInput>) => Promise<{ readonly version: string }>;
  /**
   * Registers the artefact of a run that its gates rejected.
   * @throws `RUN_NOT_FOUND`; `TRANSITION_NOT_ALLOWED` for a run that its gates did not reject.
   */
  overrideRejection: (input: z.infer<typeof overrideRejectionInput>) => Promise<OverriddenRun>;
}
