import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import {
  type Encoder,
  embedTexts,
  type EncoderModel,
  exportEncoder,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  trainSequenceClassifier,
} from '../../learning/encoder/index.js';
import { logisticRegression } from '../../learning/logistic-regression/index.js';
import { requireFile } from './artefact.js';
import { type EngineTask, type FitEngine, type OpenEngine, targetsOf } from './engine.js';
import type { Example } from './examples.js';

/** Pieces of a message that the encoder reads; customers' messages have about a dozen. */
const MAXIMUM_LENGTH = 64;
/** As the peer's C on embeddings; they are scaled to unit length on average. */
const HEAD_INVERSE_PENALTY = 10;

const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

/** @returns null when neither folder, cache nor hub has the encoder. */
export async function findEncoder(context: TrainContext, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}

const filesOf = (model: EncoderModel, { params }: EngineTask): ArtefactFiles => ({
  'model.onnx': exportEncoder(model, params.precision),
  'tokenizer.json': model.encoder.tokenizerFile,
});

/** The pretrained encoder as it is, with a logistic regression on its embeddings; one graph. */
export const fitFrozen =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { classes, several, examples } = task;
    const embeddings = await embedTexts(encoder, textsOf(examples), context, { maximumLength: MAXIMUM_LENGTH });
    const targets = { classes: classes.length, values: targetsOf(examples, classes) };
    const options = { c: HEAD_INVERSE_PENALTY, link: several ? ('logistic' as const) : ('softmax' as const) };
    const { weights, bias } = logisticRegression(context, embeddings, targets, options);
    const trained = new Map(encoder.weights.trained());
    trained.set('head.weight', { dims: [encoder.config.hidden, classes.length], data: weights });
    trained.set('head.bias', { dims: [classes.length], data: bias });
    const head = { level: 'sequence', choice: several ? 'many' : 'one', classes: classes.length } as const;
    return filesOf({ encoder, head, trained, maximumLength: MAXIMUM_LENGTH, history: [] }, task);
  };

function labelsOf(examples: readonly Example[], { classes, several }: EngineTask): (number | number[])[] {
  const position = new Map(classes.map((name, k) => [name, k]));
  return examples.map(({ intents }) => {
    const present = intents.map((intent) => position.get(intent)!);
    return several ? present : present[0]!;
  });
}

/** Encoder and head trained together. */
export const fitTuned =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { epochs, batchSize, learningRate } = task.params;
    const part = (examples: readonly Example[]) => ({ texts: textsOf(examples), labels: labelsOf(examples, task) });
    const params = fineTuningParams.parse({ epochs, batchSize, learningRate, maximumLength: MAXIMUM_LENGTH });
    const model = await trainSequenceClassifier(
      encoder,
      {
        train: part(task.examples),
        ...(task.validation.length > 0 && { validation: part(task.validation) }),
        classes: task.classes.length,
        multiLabel: task.several,
        params,
      },
      context,
    );
    return filesOf(model, task);
  };

/** @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderEngine(files: ArtefactFiles): Promise<OpenEngine> {
  const parts = { model: requireFile(files, 'model.onnx'), tokenizer: requireFile(files, 'tokenizer.json') };
  try {
    // One at a time: an int8 graph finds one scale a batch, and a batch must answer what one by one answers.
    const session = await openEncoderSession(parts, { maximumLength: MAXIMUM_LENGTH, threads: 1 });
    return { scores: (texts) => session.logits(texts), close: () => session.close() };
  } catch (cause) {
    if (cause instanceof PipelineError && cause.code === 'ARTEFACT_INVALID') throw cause;
    throw new PipelineError('ARTEFACT_INVALID', 'model.onnx or tokenizer.json is no encoder', {}, { cause });
  }
}
