import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalInput, ApprovalReceipt, ProgressReport, TrainingStage } from '../contracts/workflows.js';
import { messages } from '../contracts/workflows.js';

/** Where a run is, one line a step or model. */
export const progress = defineQuery<ProgressReport>(messages.progress);
/** The stage of one model's training. */
export const trainingStage = defineQuery<TrainingStage>(messages.trainingStage);
/** Gives the approval that a stage needs. Refused without a name and a reason. */
export const approvePromotion = defineUpdate<ApprovalReceipt, [ApprovalInput]>(messages.approvePromotion);
/** Turns the request down. Refused without a name and a reason. */
export const rejectPromotion = defineUpdate<ApprovalReceipt, [ApprovalInput]>(messages.rejectPromotion);
/** A newer version asks for the same stage, so this request ends. The argument names the newer version. */
export const superseded = defineSignal<[string]>(messages.superseded);
