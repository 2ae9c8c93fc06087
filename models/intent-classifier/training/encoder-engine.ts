import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import {
  type Encoder,
  embedTexts,
  type EncoderModel,
  exportEncoder,
  type ExportOptions,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  trainSequenceClassifier,
} from '../../../learning/text/encoder/index.js';
import { logisticRegression } from '../../../learning/text/logistic-regression/index.js';
import { type Matrix, matrixFromRows } from '../../../learning/numeric/matrix/index.js';
import { readText, requireFile, writeJson } from '../../../learning/artefact/index.js';
import { type EngineTask, type FitEngine, type OpenEngine, targetsOf } from './engine.js';
import type { Example } from '../data/examples.js';

/** Pieces of a message that the encoder reads; customers' messages have about a dozen. */
const MAXIMUM_LENGTH = 64;
/**
 * C of the frozen tier's head, on embeddings of length 1: as in sentence-transformers' own pipeline, whose last step is
 * that length. 5 to 30 are equally good on CLINC150's validation part.
 */
const HEAD_INVERSE_PENALTY = 10;
/** Duality gap of that head; at 0.01 it is 0.6 points short of its optimum on CLINC150's validation part. */
const HEAD_TOLERANCE = 0.002;

const encoderSettings = z.strictObject({ maximumLength: z.int().min(1) });

/** Bounded by the positions that the encoder has. */
const lengthOf = ({ config }: Encoder): number => Math.min(MAXIMUM_LENGTH, config.positions);

const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

/** @returns null when neither folder, cache nor hub has the encoder. */
export async function findEncoder(context: TrainContext, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}

const filesOf = (model: EncoderModel, { params }: EngineTask, options: ExportOptions = {}): ArtefactFiles => ({
  'model.onnx': exportEncoder(model, params.precision, options),
  'tokenizer.json': model.encoder.tokenizerFile,
  'encoder.json': writeJson({ maximumLength: model.maximumLength }),
});

type Embed = (texts: readonly string[]) => Promise<Matrix>;

/** The direction of an embedding: its length says how long the text is, not what it wants. */
function unitLength(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? values.map((value) => value / length) : values.slice();
}

/** Embeds each text once, however often it is asked for: the last training repeats nearly all texts of the first. */
function createEmbed(encoder: Encoder, context: TrainContext): Embed {
  const known = new Map<string, Float64Array>();
  const { hidden } = encoder.config;
  return async (texts) => {
    const fresh = [...new Set(texts)].filter((text) => !known.has(text));
    const { values } = await embedTexts(encoder, fresh, context, { maximumLength: lengthOf(encoder) });
    fresh.forEach((text, i) => known.set(text, unitLength(values.subarray(i * hidden, (i + 1) * hidden))));
    return matrixFromRows(texts.map((text) => known.get(text)!));
  };
}

/** The pretrained encoder as it is, with a logistic regression on its embeddings' directions; one graph. */
export function fitFrozen(encoder: Encoder): FitEngine {
  let embed: Embed | null = null;
  return async (context, task) => {
    const { classes, several, examples } = task;
    embed ??= createEmbed(encoder, context);
    const x = await embed(textsOf(examples));
    const targets = { classes: classes.length, values: targetsOf(examples, classes) };
    const link = several ? ('logistic' as const) : ('softmax' as const);
    const options = { c: HEAD_INVERSE_PENALTY, tolerance: HEAD_TOLERANCE, link };
    const { weights, bias } = logisticRegression(context, x, targets, options);
    const trained = new Map(encoder.weights.trained());
    trained.set('head.weight', { dims: [encoder.config.hidden, classes.length], data: weights });
    trained.set('head.bias', { dims: [classes.length], data: bias });
    const head = { level: 'sequence', multiLabel: several, classes: classes.length } as const;
    const model = { encoder, head, trained, maximumLength: lengthOf(encoder), history: [] };
    return filesOf(model, task, { unitLength: true });
  };
}

/** Positions of each message's classes; none for a message out of scope where that is no class. */
function labelsOf(examples: readonly Example[], { classes }: EngineTask): number[][] {
  const position = new Map(classes.map((name, k) => [name, k]));
  return examples.map(({ intents }) => intents.flatMap((intent) => position.get(intent) ?? []));
}

/** The head begins as a fitted one, so it needs no larger steps than the encoder. */
const HEAD_FACTOR = 1;

/**
 * Encoder and head trained together, the head from the regression on the encoder as it is. Messages that are out of
 * scope are shown as messages of no class where classes exclude each other.
 */
export const fitTuned =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { epochs, batchSize, learningRate } = task.params;
    const part = (examples: readonly Example[]) => ({ texts: textsOf(examples), labels: labelsOf(examples, task) });
    const own = { headFactor: HEAD_FACTOR, maximumLength: lengthOf(encoder) };
    const params = fineTuningParams.parse({ epochs, batchSize, learningRate, ...own });
    const model = await trainSequenceClassifier(
      encoder,
      {
        train: part(task.several ? task.examples : [...task.examples, ...task.outsiders]),
        ...(task.validation.length > 0 && { validation: part(task.validation) }),
        classes: task.classes.length,
        multiLabel: task.several,
        startHead: 'regression',
        params,
      },
      context,
    );
    return filesOf(model, task);
  };

/** @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderEngine(files: ArtefactFiles): Promise<OpenEngine> {
  const parts = { model: requireFile(files, 'model.onnx'), tokenizer: requireFile(files, 'tokenizer.json') };
  const { maximumLength } = readText(files, 'encoder.json', (text) => encoderSettings.parse(JSON.parse(text)));
  try {
    // One at a time: an int8 graph finds one scale a batch, and a batch must answer what one by one answers.
    const session = await openEncoderSession(parts, { maximumLength, threads: 1 });
    return { scores: (texts) => session.logits(texts), close: () => session.close() };
  } catch (cause) {
    if (cause instanceof PipelineError && cause.code === 'ARTEFACT_INVALID') throw cause;
    throw new PipelineError('ARTEFACT_INVALID', 'model.onnx or tokenizer.json is no encoder', {}, { cause });
  }
}
