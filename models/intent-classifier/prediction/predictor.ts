import { z } from 'zod';
import { boundedText } from '../../../contracts/bounded-text.js';
import { jsonSchemaRules, NOT_BLANK } from '../../../contracts/json-schema-rules.js';
import {
  type ArtefactFiles,
  type AttributionMethod,
  attributionMethods,
  type Explained,
  type Predictor,
} from '../../../contracts/model-definition.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { readJson } from '../../../learning/artefact/index.js';
import { answer, type Answer } from './answer.js';
import { decision, type Decision, judge, type Judgement } from './decision.js';
import { explainIntent, type IntentExplanation, probabilityOf } from './explain.js';
import { openEngine } from './engine.js';
import { MAXIMUM_MESSAGE_LENGTH } from '../data/formats/message-table.js';

/** A message to be classified. */
export const input = z.strictObject({
  /** 1 to 20,000 characters in any script, not only white space. Control characters are ignored. */
  text: boundedText(MAXIMUM_MESSAGE_LENGTH)
    .min(1, { abort: true })
    .refine((text) => text.trim() !== '', { message: 'expected more than white space' })
    // Lone surrogates, left by a truncated emoji, have no UTF-8 encoding.
    .overwrite((text) => text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .register(jsonSchemaRules, NOT_BLANK),
});
export type Message = z.infer<typeof input>;

/** The predictor with the members that evaluation and explanations use. */
export interface IntentPredictor extends Predictor<Message, Answer> {
  readonly decision: Decision;
  /** The answers with what evaluation counts. */
  judge(messages: readonly Message[]): Promise<Judgement[]>;
  explain(message: Message, method?: AttributionMethod): Promise<Explained<Answer, IntentExplanation>>;
  /** Calibrated probabilities (classes,) per text, in the order of `decision.classes`. */
  probabilities(texts: readonly string[]): Promise<Float64Array[]>;
}

/**
 * Opens the predictor of an artefact of any tier.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<IntentPredictor> {
  const settings = readJson(files, 'decision.json', decision);
  const engine = await openEngine(settings.engine, files);
  const link = settings.several ? 'logistic' : 'softmax';
  const judgeAll = async (inputs: readonly Message[]): Promise<Judgement[]> => {
    const scores = await engine.scores(inputs.map(({ text }) => text));
    return scores.map((row) => judge(row, settings));
  };
  const predict = async (inputs: readonly Message[]): Promise<Answer[]> =>
    (await judgeAll(inputs)).map((judgement) => judgement.answer);
  const probabilities = async (texts: readonly string[]): Promise<Float64Array[]> => {
    const scores = await engine.scores(texts);
    return scores.map((row) => probabilitiesAt(row, settings.temperature, link));
  };
  return {
    input,
    output: answer,
    notes: settings.notes,
    decision: settings,
    predict,
    judge: judgeAll,
    probabilities,
    attributionMethods,
    async explain(message, method = 'occlusion') {
      const [output] = await predict([message]);
      const { intent } = output!.classes[0]!;
      const score = probabilityOf({ decision: settings, probabilities }, intent);
      const [probability] = await score([message.text]);
      const explained = { intent, probability: probability!, method };
      return { output: output!, explanation: await explainIntent(message.text, explained, score) };
    },
    close: () => engine.close(),
  };
}
