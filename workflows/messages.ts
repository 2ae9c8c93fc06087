import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalInput, ApprovalReceipt, ProgressReport, TrainingStage } from '../contracts/workflows.js';
import { messages } from '../contracts/workflows.js';

/** Stage of a run, and one line for each step or model. */
export const progress = defineQuery<ProgressReport>(messages.progress);
/** The stage of one model's training. */
export const trainingStage = defineQuery<TrainingStage>(messages.trainingStage);
/** Approves a promotion. Refused without a name and a reason. */
export const approvePromotion = defineUpdate<ApprovalReceipt, [ApprovalInput]>(messages.approvePromotion);
/** Rejects a promotion. Refused without a name and a reason. */
export const rejectPromotion = defineUpdate<ApprovalReceipt, [ApprovalInput]>(messages.rejectPromotion);
/** A newer version asks for the same stage, so this request ends. The argument names the newer version. */
export const superseded = defineSignal<[string]>(messages.superseded);
/** The retraining that holds a lock has ended. */
export const lockReleased = defineSignal(messages.lockReleased);
/** A step waits for a service that is away or for room on a disk. The argument says for what and why. */
export const stepWaits = defineSignal<[string]>(messages.stepWaits);
/** A step is repeated after its process crashed or its worker was lost. The argument has the attempt and the failure. */
export const stepRepeats = defineSignal<[string]>(messages.stepRepeats);
/** A step that waited computes again. */
export const stepContinues = defineSignal(messages.stepContinues);
