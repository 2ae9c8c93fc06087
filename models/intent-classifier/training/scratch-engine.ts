import { encodeState } from '../../../learning/artefact/state-json.js';
import { utf8 } from '../../../learning/artefact/index.js';
import { fitLinearText, linearTextParams, linearTextToOnnx } from '../../../learning/text/linear-text/index.js';
import type { IntentParams } from '../params.js';
import { engineFiles } from '../prediction/engine.js';
import { type FitEngine, targetsOf } from './engine.js';

const linearParams = ({ inversePenalty, wordGrams, letterGrams }: IntentParams, multiLabel: boolean) =>
  linearTextParams.parse({
    c: inversePenalty,
    wordGrams,
    longestLetterGram: letterGrams,
    link: multiLabel ? 'logistic' : 'softmax',
  });

/** The from-scratch engine: logistic regression on hashed n-grams. */
export const fitScratchEngine: FitEngine = (context, { classes, multiLabel, examples, params }) => {
  const targets = { classes: classes.length, values: targetsOf(examples, classes) };
  const texts = examples.map(({ text }) => text);
  const state = fitLinearText(context, texts, targets, linearParams(params, multiLabel));
  return Promise.resolve({
    [engineFiles.model]: linearTextToOnnx(state),
    [engineFiles.features]: utf8(encodeState(state.features)),
  });
};
