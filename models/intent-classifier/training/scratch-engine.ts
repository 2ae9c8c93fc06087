import { encodeState } from '../../../learning/artefact/state-json.js';
import { utf8 } from '../../../learning/artefact/index.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import {
  fitLinearText,
  linearTextParams,
  type LinearTextParams,
  type LinearTextState,
  linearTextToOnnx,
} from '../../../learning/text/linear-text/index.js';
import type { IntentParams } from '../params.js';
import { engineFiles } from '../prediction/engine.js';
import { type FitEngine, targetsOf, textsOf } from './engine.js';

/** Hyper-parameters of the linear model; those that are not chosen have its defaults. */
export function linearParams(params: IntentParams, multiLabel: boolean): LinearTextParams {
  const { inversePenalty, bayesShare, wordGrams, letterGrams } = params;
  return linearTextParams.parse({
    ...(inversePenalty !== null && { c: inversePenalty }),
    ...(bayesShare !== null && { bayesShare }),
    wordGrams,
    longestLetterGram: letterGrams,
    link: multiLabel ? 'logistic' : 'softmax',
  });
}

/** The artefact files of a linear model. */
export const scratchFiles = (state: LinearTextState): ArtefactFiles => ({
  [engineFiles.model]: linearTextToOnnx(state),
  [engineFiles.features]: utf8(encodeState(state.features)),
});

/** The from-scratch engine: logistic regression on hashed n-grams, pooled with naive Bayes. */
export const fitScratchEngine: FitEngine = (context, { classes, multiLabel, examples, params }) => {
  const targets = { classes: classes.length, values: targetsOf(examples, classes) };
  const state = fitLinearText(context, textsOf(examples), targets, linearParams(params, multiLabel));
  return Promise.resolve(scratchFiles(state));
};
