import { z } from 'zod';
import { contentHash, sourceName } from '../contracts/ids.js';
import type { JobProgress } from '../platform/child-process/job.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { reviewedAnnotations, reviewedMessage } from './reviews.js';

/*
 * What only one job needs is imported inside it: a child loads what it uses and starts in half a second.
 */

/** The folds of the cross-validation come from it: the same messages give the same review. */
const REVIEW_SEED = 42;

const count = z.int().positive();

/** The unlabelled messages of a source whose labels would teach the model of this artefact most. */
export const reviewMessages = defineJob({
  input: z.strictObject({ source: sourceName, artefactHash: contentHash, count }),
  output: z.strictObject({ unlabelled: z.int(), messages: z.array(reviewedMessage) }),
  async run({ source, artefactHash, count }, context) {
    const { findLabelled } = await import('./find-labelled.js');
    const { findUnlabelled } = await import('./message-labels/unlabelled-messages.js');
    const { suggestLabels } = await import('./message-labels/suggest-labels.js');
    const { chooseMessages } = await import('./message-labels/choose-messages.js');
    await stepsOf(context)('reading unlabelled messages', 0, 0);
    const messages = await findUnlabelled(context.backendPool(), source);
    const model = await findLabelled('messages');
    const texts = messages.map(({ text }) => text);
    const suggestions = await suggestLabels(context, { ...model, artefactHash }, texts);
    return { unlabelled: messages.length, messages: chooseMessages(messages, suggestions, count) };
  },
});

/** The annotated messages of a source that a model which did not see them would annotate otherwise. */
export const reviewAnnotations = defineJob({
  input: z.strictObject({ source: sourceName, count }),
  output: z.strictObject({ annotated: z.int(), messages: z.array(reviewedAnnotations) }),
  async run({ source, count }, { backendPool, signal, onProgress }) {
    const { findAnnotated } = await import('./span-labels/annotated-messages.js');
    const { findSuspicious } = await import('./span-labels/suspicious-annotations.js');
    const onStep = stepsOf({ signal, onProgress });
    await onStep('reading annotated messages', 0, 0);
    const messages = await findAnnotated(backendPool(), source);
    const stage = `checking ${messages.length} annotated messages: steps`;
    await onStep(stage, 0, 0);
    const context = {
      seed: REVIEW_SEED,
      signal,
      onProgress: ({ done, total }: JobProgress) => onProgress({ stage, done, total }),
    };
    const found = await findSuspicious(context, messages, count);
    return { annotated: messages.length, messages: found };
  },
});
