import { z } from 'zod';
import type { frozenHoldout } from './dataset.js';
import { datasetRef } from './dataset.js';
import { comparison, gateResult, type metric, recordedMetric } from './evaluation.js';
import { contentHash, decision, lineName, modelName, semanticVersion, stage } from './ids.js';

/** Stated by the person who starts a run; it stands in records and on the card. */
export const statedReason = z.string().trim().min(1).max(500);

/** A run is one attempt of one model in one workflow; it is recorded from the first activity on, whatever its outcome. */
export const runStatus = z.enum(['running', ...decision.options, 'failed', 'cancelled']);
export type RunStatus = z.infer<typeof runStatus>;

/** The run whose results take the place of earlier stages. */
export const rerunName = z.strictObject({ workflowId: z.string().min(1), from: z.string().min(1) });
export type RerunName = z.infer<typeof rerunName>;

export const startRunInput = z.strictObject({
  /** First execution run id of the workflow: the same for every retry and reset, new for a deliberate rerun. */
  runKey: z.string().min(1),
  workflowId: z.string().min(1),
  modelName,
  line: lineName,
  seed: z.int(),
  params: z.record(z.string(), z.unknown()),
  codeVersion: z.string(),
  /** Why the person who started the run wants the change; null when no reason was stated. */
  statedReason: statedReason.nullable().default(null),
  /** The run that this one repeats, and the stage from which; null for a run of its own. */
  rerun: rerunName.nullable().default(null),
});
export type StartRunInput = z.input<typeof startRunInput>;

export const registrationInput = z.strictObject({
  runKey: z.string().min(1),
  modelName,
  line: lineName,
  dataset: datasetRef,
  artefactHash: contentHash,
  /** Hash of input names, kinds and output form: a change is a new major version. */
  signatureHash: contentHash,
  /** Hash of definition version and parameters: a change is a new minor version. */
  definitionHash: contentHash,
  evaluationHash: contentHash,
  metrics: z.array(recordedMetric),
  comparisons: z.array(comparison),
  gates: z.array(gateResult),
  /** The champion that the challenger was compared with; registration checks again that it is still the champion. */
  championVersion: semanticVersion.nullable(),
});
export type RegistrationInput = z.infer<typeof registrationInput>;

export const registrationResult = z.strictObject({
  decision,
  /** The new version, or for `unchanged` the one that already has this artefact. */
  version: semanticVersion.nullable(),
  /** The stage of that version; null without one. */
  stage: stage.nullable(),
  /** Sentences with what was found and wanted. */
  reasons: z.array(z.string()),
  /** The champion learned from a later snapshot, so that this version stays in dev. */
  olderThanChampion: z.literal(true).optional(),
});
export type RegistrationResult = z.infer<typeof registrationResult>;

/** The registration of a run that its gates had rejected, and what its card is written from. */
export interface OverriddenRun extends RegistrationResult {
  readonly line: string;
  readonly version: string;
  readonly evaluationHash: string;
  readonly definitionHash: string;
}

export interface VersionRecord {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly stage: z.infer<typeof stage>;
  readonly artefactHash: string;
  readonly signatureHash: string;
  readonly definitionHash: string;
  readonly evaluationHash: string;
  readonly cardHash: string | null;
  readonly dataset: z.infer<typeof datasetRef>;
  readonly runKey: string;
  readonly workflowId: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly metrics: readonly z.infer<typeof metric>[];
  /** Null for a version that passed its gates. */
  readonly override: OverrideRecord | null;
  readonly registeredAt: Date;
}

/** Who registered the version of a run that its gates had rejected, and why. */
export interface OverrideRecord {
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
}

export interface RunRecord {
  readonly runKey: string;
  readonly workflowId: string;
  readonly modelName: string;
  readonly line: string;
  readonly status: RunStatus;
  readonly seed: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly metrics: readonly z.infer<typeof metric>[];
  readonly comparisons: readonly z.infer<typeof comparison>[];
  readonly gates: readonly z.infer<typeof gateResult>[];
  readonly dataset: z.infer<typeof datasetRef> | null;
  readonly artefactHash: string | null;
  /** Blob of the evaluation, with the holdout that it was made on. */
  readonly evaluationHash: string | null;
  /** Blob of the learning curves; null when nothing was fitted in steps. */
  readonly curvesHash: string | null;
  /** Blobs of the card, HTML and Markdown; null while there is none. */
  readonly cardHash: string | null;
  readonly cardMarkdownHash: string | null;
  /** Also of a rejected run that an override registered. */
  readonly version: string | null;
  readonly reasons: readonly string[];
  /** As given when the run was started. */
  readonly statedReason: string | null;
  readonly override: OverrideRecord | null;
  readonly rerun: RerunName | null;
  readonly codeVersion: string;
  readonly startedAt: Date;
  /** When it had fitted and evaluated its model; null before, and when it took the result of an earlier run. */
  readonly trainedAt: Date | null;
  readonly evaluatedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface LineRecord {
  readonly modelName: string;
  readonly line: string;
  readonly holdout: z.infer<typeof frozenHoldout>;
  readonly createdAt: Date;
}

export interface TransitionRecord {
  readonly version: string;
  /** Null for a version's first transition, its registration. */
  readonly from: z.infer<typeof stage> | null;
  readonly to: z.infer<typeof stage>;
  readonly actor: string;
  readonly reason: string;
  /** A version of synthetic data came to production, for demonstration. */
  readonly demo: boolean;
  readonly at: Date;
}

/** A transition of a version that had a stage before: what promotion and rollback return. */
export interface StageChange extends TransitionRecord {
  readonly from: z.infer<typeof stage>;
}

export const promotionRequest = z.strictObject({
  requestId: z.string(),
  modelName,
  line: lineName,
  version: semanticVersion,
  toStage: stage,
  status: z.enum(['open', 'approved', 'rejected', 'superseded', 'expired', 'failed']),
  requestedBy: z.string(),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  workflowId: z.string(),
});
export type PromotionRequest = z.infer<typeof promotionRequest>;

/** A request, and the workflows that wait for the requests it supersedes. */
export interface OpenedPromotionRequest {
  readonly request: PromotionRequest;
  readonly supersededWorkflowIds: readonly string[];
}

/**
 * Experiments, runs, versions and stages. Every method that writes is idempotent under its key, so that an activity
 * may run twice. Promotion to `production` archives the former production version in the same transaction.
 */
export interface ModelRegistry {
  startRun(input: StartRunInput): Promise<void>;
  /** Records dataset and, at the end, status and reasons; a finished run is not reopened. */
  recordDataset(runKey: string, modelName: string, dataset: z.infer<typeof datasetRef>): Promise<void>;
  recordArtefact(
    runKey: string,
    modelName: string,
    artefact: { role: string; hash: string; bytes: number },
  ): Promise<void>;
  /** @param outcome.endedAt - null or absent: now. */
  finishRun(
    runKey: string,
    modelName: string,
    outcome: { status: RunStatus; reasons: readonly string[]; endedAt?: Date | null },
  ): Promise<void>;

  /** Creates the line with this holdout, or returns the line that exists: the first holdout stays. */
  ensureLine(modelName: string, line: string, holdout: z.infer<typeof frozenHoldout>): Promise<LineRecord>;
  findLine(modelName: string, line: string): Promise<LineRecord | null>;
  /** Renews the holdout on request. */
  refreezeLine(
    modelName: string,
    line: string,
    holdout: z.infer<typeof frozenHoldout>,
    actor: string,
  ): Promise<LineRecord>;

  /** Production version, else staging; in lines that cannot leave dev, else the newest dev version. */
  findChampion(modelName: string, line: string): Promise<VersionRecord | null>;
  /**
   * One transaction: decides `unchanged | rejected | registered` from gates and comparisons, gives the next version,
   * stores version, metrics and the first transition. @throws PipelineError `CONFLICT` when the champion changed.
   */
  register(input: RegistrationInput): Promise<RegistrationResult>;
  /**
   * Registers the artefact of a run that its gates rejected: a person takes the responsibility. Repeating it returns
   * the first result; an artefact that is a version already is `unchanged`.
   * @throws PipelineError `RUN_NOT_FOUND`; `TRANSITION_NOT_ALLOWED` for a run that its gates did not reject.
   */
  overrideRejection(input: {
    readonly runKey: string;
    readonly modelName: string;
    readonly actor: string;
    readonly reason: string;
  }): Promise<OverriddenRun>;
  attachCard(modelName: string, line: string, version: string, cardHash: string): Promise<void>;

  /**
   * @throws PipelineError `TRANSITION_NOT_ALLOWED`, also to production for a version that an override registered;
   *   `VERSION_NOT_FOUND`; `CONFLICT` when it is not in `from`.
   */
  promote(input: {
    readonly modelName: string;
    readonly line: string;
    readonly version: string;
    readonly to: z.infer<typeof stage>;
    /** The stage that the version must be in; absent: any. */
    readonly from?: z.infer<typeof stage>;
    /** Says that the caller knows that the version is a demo; production of a synthetic line needs it. @default false */
    readonly demo?: boolean;
    readonly actor: string;
    readonly reason: string;
    /** Repeating a key changes nothing and returns the first transition. */
    readonly idempotencyKey: string;
  }): Promise<StageChange>;
  /**
   * Takes a version out of use. Repeating a key changes nothing and returns the first transition.
   * @throws PipelineError `VERSION_NOT_FOUND`; `TRANSITION_NOT_ALLOWED` for a version in production that is no demo, and
   *   for one whose promotion awaits approval.
   */
  archive(input: {
    readonly modelName: string;
    readonly line: string;
    readonly version: string;
    readonly actor: string;
    readonly reason: string;
    readonly idempotencyKey: string;
  }): Promise<StageChange>;
  /**
   * Makes the version that was in production before the current one production again.
   * @throws PipelineError `TRANSITION_NOT_ALLOWED`; `CONFLICT` when `from` is not in production.
   */
  rollback(input: {
    readonly modelName: string;
    readonly line: string;
    /** The version that must be in production, so that two requests to roll back the same one go back one step; absent: any. */
    readonly from?: string;
    readonly actor: string;
    readonly reason: string;
    readonly idempotencyKey: string;
  }): Promise<StageChange>;

  /**
   * Open requests for the same line and stage become `superseded`; repeating a request id returns its first result.
   * @throws PipelineError `VERSION_NOT_FOUND`; `TRANSITION_NOT_ALLOWED` also while a newer version's request is open.
   */
  openPromotionRequest(
    input: Omit<PromotionRequest, 'status' | 'decidedBy' | 'reason'>,
  ): Promise<OpenedPromotionRequest>;
  decidePromotionRequest(
    requestId: string,
    verdict: { status: Exclude<PromotionRequest['status'], 'open'>; decidedBy: string; reason: string },
  ): Promise<PromotionRequest>;
  listPromotionRequests(filter: {
    readonly modelName?: string;
    readonly status?: PromotionRequest['status'];
  }): Promise<PromotionRequest[]>;

  /**
   * By model and line, the newest first.
   * @param filter.newestPerLine - at most so many of each line. @default all
   * @param filter.olderThan - a version; those before it.
   */
  listVersions(filter: {
    readonly modelName?: string;
    readonly line?: string;
    readonly newestPerLine?: number;
    readonly olderThan?: string;
  }): Promise<VersionRecord[]>;
  /**
   * The newest version of each line in production and in staging, and the newest in dev of the lines that stay there: what
   * a request may ask without naming a version.
   */
  listServing(): Promise<VersionRecord[]>;
  /** Changes whenever `listServing` may give something else. */
  lastTransition(): Promise<string>;
  /** @throws PipelineError `VERSION_NOT_FOUND`. */
  getVersion(modelName: string, line: string, version: string): Promise<VersionRecord>;
  listTransitions(modelName: string, line: string): Promise<TransitionRecord[]>;
  /**
   * The newest first.
   * @param filter.workflowId - this workflow's run and those of its children; `workflowIds`: the same of several.
   * @param filter.limit - @default 100
   */
  listRuns(filter: {
    readonly runKey?: string;
    readonly modelName?: string;
    readonly workflowId?: string;
    readonly workflowIds?: readonly string[];
    readonly limit?: number;
  }): Promise<RunRecord[]>;
}
