import { z } from 'zod';
import type { ArtefactFiles, Explained, Predictor } from '../../../contracts/model-definition.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { readText } from '../../../learning/artefact/index.js';
import { answer, type Answer, decide, decision, type Decision } from './decision.js';
import { explainIntent, type IntentExplanation, probabilityOf } from './explain.js';
import { openEncoderEngine } from '../training/encoder-engine.js';
import type { OpenEngine } from '../training/engine.js';
import { LONGEST_MESSAGE } from '../data/formats/message-table.js';
import { openScratch } from '../training/scratch-engine.js';

/** A message to be understood. */
export const input = z.strictObject({
  /** 1 to 20,000 characters, not only white space. Control characters are ignored, any script is taken. */
  text: z
    .string()
    .min(1, { abort: true })
    .max(LONGEST_MESSAGE)
    .refine((text) => text.trim() !== '', { message: 'expected more than white space' })
    // A lone surrogate is what is left of a cut emoji: no tokenizer and no UTF-8 encoder agrees on it.
    .overwrite((text) => text.replace(/\p{Surrogate}/gu, '\ufffd')),
});
export type Message = z.infer<typeof input>;

/** The predictor with what evaluation and explanations read beside the answers. */
export interface IntentPredictor extends Predictor<Message, Answer> {
  readonly decision: Decision;
  explain(message: Message): Promise<Explained<Answer, IntentExplanation>>;
  /** Calibrated probability of every class, in the order of `decision.classes`. */
  probabilities(texts: readonly string[]): Promise<Float64Array[]>;
}

const openEngine = (settings: Decision, files: ArtefactFiles): Promise<OpenEngine> =>
  settings.engine === 'from-scratch' ? openScratch(files) : openEncoderEngine(files);

/**
 * Loads an artefact of any tier.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<IntentPredictor> {
  const settings = readText(files, 'decision.json', (text) => decision.parse(JSON.parse(text)));
  const engine = await openEngine(settings, files);
  const kind = settings.several ? 'logistic' : 'softmax';
  const predict = async (inputs: readonly Message[]): Promise<Answer[]> => {
    const scores = await engine.scores(inputs.map(({ text }) => text));
    return scores.map((row) => decide(row, settings));
  };
  const probabilities = async (texts: readonly string[]): Promise<Float64Array[]> => {
    const scores = await engine.scores(texts);
    return scores.map((row) => probabilitiesAt(row, settings.temperature, kind));
  };
  return {
    input,
    output: answer,
    notes: settings.notes,
    decision: settings,
    predict,
    probabilities,
    async explain(message) {
      const [output] = await predict([message]);
      const { intent, probability } = output!.candidates[0]!;
      const score = probabilityOf({ decision: settings, probabilities }, intent);
      return { output: output!, explanation: await explainIntent(message.text, { intent, probability }, score) };
    },
    close: () => engine.close(),
  };
}
