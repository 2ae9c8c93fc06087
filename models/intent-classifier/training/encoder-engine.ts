import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { writeJson } from '../../../learning/artefact/index.js';
import { type Matrix, matrixFromRows } from '../../../learning/numeric/matrix/index.js';
import {
  type Encoder,
  embedTexts,
  type EncoderModel,
  exportEncoder,
  type ExportOptions,
  fineTuningParams,
  trainSequenceClassifier,
} from '../../../learning/text/encoder/index.js';
import { type LogisticModel, logisticPath, scoreDense } from '../../../learning/text/logistic-regression/index.js';
import type { Example, Fold } from '../data/examples.js';
import { engineFiles } from '../prediction/engine.js';
import {
  type CrossFitEngine,
  type EngineTask,
  type FitEngine,
  type ScoredExample,
  targetsOf,
  textsOf,
} from './engine.js';
import { logitGrowth, measuresGrowth, reversed } from './logit-growth.js';
import { validationQuality } from './validation-quality.js';

/** Maximum length of a message in pieces; customers' messages have about a dozen. */
const MAXIMUM_LENGTH = 64;
/**
 * C of the frozen tier's head on embeddings of unit length (the last step of sentence-transformers' pipeline). Values from
 * 5 to 30 are equally good on CLINC150's validation part.
 */
const HEAD_INVERSE_PENALTY = 10;
/** Values of C to choose among. */
const HEAD_PENALTIES = [3, 10, 30];
/** Relative duality gap of that head; 0.01 costs 0.6 points of accuracy on CLINC150's validation part. */
const HEAD_TOLERANCE = 0.002;

const maximumLengthOf = ({ config }: Encoder): number => Math.min(MAXIMUM_LENGTH, config.positions);

const filesOf = (model: EncoderModel, { params }: EngineTask, options: ExportOptions = {}): ArtefactFiles => ({
  [engineFiles.model]: exportEncoder(model, params.precision, options),
  [engineFiles.tokenizer]: model.encoder.tokenizerFile,
  [engineFiles.encoder]: writeJson({ maximumLength: model.maximumLength }),
});

/** Embeds texts. @returns (texts, hidden), rows of unit length. */
export type Embed = (texts: readonly string[]) => Promise<Matrix>;

/** Scales an embedding to unit length, because its length depends on the text's length. */
function unitLength(values: Float64Array): Float64Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? values.map((value) => value / length) : values.slice();
}

/** An embedding function with a cache: the second fit of a training embeds almost the same texts as the first. */
export function createEmbed(encoder: Encoder, context: TrainContext): Embed {
  const cache = new Map<string, Float64Array>();
  const { hidden } = encoder.config;
  const embedMissing = async (missing: readonly string[]): Promise<void> => {
    const { values } = await embedTexts(encoder, missing, context, { maximumLength: maximumLengthOf(encoder) });
    missing.forEach((text, i) => cache.set(text, unitLength(values.subarray(i * hidden, (i + 1) * hidden))));
  };
  return async (texts) => {
    const missing = [...new Set(texts)].filter((text) => !cache.has(text));
    // A session costs most of a CPU second.
    if (missing.length > 0) await embedMissing(missing);
    return matrixFromRows(texts.map((text) => cache.get(text)!));
  };
}

/** Fits the head for several inverse penalties. */
function fitHeads(
  context: TrainContext,
  x: Matrix,
  { classes, multiLabel, examples }: Pick<EngineTask, 'classes' | 'multiLabel' | 'examples'>,
  penalties: readonly number[],
): LogisticModel[] {
  const targets = { classes: classes.length, values: targetsOf(examples, classes) };
  const link = multiLabel ? ('logistic' as const) : ('softmax' as const);
  return logisticPath(context, x, targets, { penalties, tolerance: HEAD_TOLERANCE, link });
}

/** The artefact files of the encoder with a head. */
function frozenFiles(encoder: Encoder, task: EngineTask, { weights, bias }: LogisticModel): ArtefactFiles {
  const { classes, multiLabel } = task;
  const trained = new Map(encoder.weights.trained());
  trained.set('head.weight', { dims: [encoder.config.hidden, classes.length], data: weights });
  trained.set('head.bias', { dims: [classes.length], data: bias });
  const head = { level: 'sequence', multiLabel, classes: classes.length } as const;
  const model = { encoder, head, trained, maximumLength: maximumLengthOf(encoder), history: [] };
  return filesOf(model, task, { unitLength: true });
}

/** The frozen engine. */
export interface FrozenEngine {
  readonly fit: FitEngine;
  readonly crossFit: CrossFitEngine;
  /** The head alone, without the graph that it is served in. */
  readonly fitHead: (context: TrainContext, task: EngineTask) => Promise<LogisticModel>;
}

/**
 * The frozen engine: the pretrained encoder with a logistic regression on its embeddings, in one graph.
 * @param given - embeds texts. @default `createEmbed` of the encoder
 */
export function frozenEngine(encoder: Encoder, given: Embed | null = null): FrozenEngine {
  let shared = given;
  const embed = (context: TrainContext, examples: readonly Example[]): Promise<Matrix> =>
    (shared ??= createEmbed(encoder, context))(textsOf(examples));
  const fitHead: FrozenEngine['fitHead'] = async (context, task) => {
    const penalty = task.params.inversePenalty ?? HEAD_INVERSE_PENALTY;
    return fitHeads(context, await embed(context, task.examples), task, [penalty])[0]!;
  };
  const fit: FitEngine = async (context, task) => frozenFiles(encoder, task, await fitHead(context, task));
  return { fit, fitHead, crossFit: crossFitHeads(embed, fit) };
}

/** Scores of a fold's validation messages, and of out-of-scope messages, by each penalty's head. */
interface HeadScores {
  readonly rows: ScoredExample[];
  readonly outOfScope: Float64Array[];
}

/** Chooses the head's inverse penalty on the folds; every text is embedded once. */
const crossFitHeads =
  (embed: (context: TrainContext, examples: readonly Example[]) => Promise<Matrix>, fit: FitEngine): CrossFitEngine =>
  async (context, prepared, params) => {
    const { classes, multiLabel, folds } = prepared;
    const penalties = params.inversePenalty === null ? HEAD_PENALTIES : [params.inversePenalty];
    const outOfScope = await embed(context, [...prepared.outOfScopeTraining, ...prepared.outOfScopeValidation]);
    const byFold = await inTurn(folds, (fold) => scoresOf(fold, penalties));
    const byPenalty = penalties.map((_, i) => join(byFold.map((scores) => scores[i]!)));
    const qualities = byPenalty.map(({ rows }) => validationQuality(rows, prepared));
    const best = qualities.indexOf(Math.max(...qualities));
    const penalty = penalties[best]!;
    const chosen = { ...params, inversePenalty: penalty };
    const task = { classes, multiLabel, outOfScope: [], validation: [], params: chosen };
    return {
      ...byPenalty[best]!,
      params: chosen,
      growth: measuresGrowth(prepared) ? await growthOf(byPenalty[best]!.rows, penalty) : null,
      note: penalties.length > 1 ? `chosen on validation: inverse penalty ${penalty} of the head` : null,
      firstFit: () => fit(context, { ...task, examples: folds[0].fit }),
    };

    async function scoresOf({ fit: examples, validation }: Fold, wanted: readonly number[]): Promise<HeadScores[]> {
      const heads = fitHeads(context, await embed(context, examples), { classes, multiLabel, examples }, wanted);
      const x = await embed(context, validation);
      return heads.map((head) => ({
        rows: scoreDense(head, x).map((scores, row) => ({ scores, example: validation[row]! })),
        outOfScope: scoreDense(head, outOfScope),
      }));
    }

    async function growthOf(rows: readonly ScoredExample[], wanted: number): Promise<number> {
      const small = await inTurn(folds, (fold) => scoresOf(reversed(fold), [wanted]));
      return logitGrowth({ folds: rows, reversedFolds: small.flatMap(([scores]) => scores!.rows) }, prepared);
    }
  };

const join = (folds: readonly HeadScores[]): HeadScores => ({
  rows: folds.flatMap(({ rows }) => rows),
  outOfScope: folds.flatMap(({ outOfScope }) => outOfScope),
});

/** Results of the items, one after the other. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  compute: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await compute(item));
  return results;
}

/** Class positions of each message; [] for an out-of-scope message without a class. */
function labelsOf(examples: readonly Example[], { classes }: EngineTask): number[][] {
  const position = new Map(classes.map((name, k) => [name, k]));
  return examples.map(({ intents }) => intents.flatMap((intent) => position.get(intent) ?? []));
}

/** The initial head is a fitted regression, so it needs no higher learning rate than the encoder. */
const HEAD_FACTOR = 1;

/**
 * The fine-tuned engine: encoder and head trained together, starting from the regression head. In single-label tasks
 * out-of-scope messages are training examples without a class.
 */
export const fineTunedEngine =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { epochs, batchSize, learningRate } = task.params;
    const part = (examples: readonly Example[]) => ({ texts: textsOf(examples), labels: labelsOf(examples, task) });
    const params = fineTuningParams.parse({
      epochs,
      batchSize,
      learningRate,
      headFactor: HEAD_FACTOR,
      maximumLength: maximumLengthOf(encoder),
    });
    const model = await trainSequenceClassifier(
      encoder,
      {
        train: part(task.multiLabel ? task.examples : [...task.examples, ...task.outOfScope]),
        ...(task.validation.length > 0 && { validation: part(task.validation) }),
        classes: task.classes.length,
        multiLabel: task.multiLabel,
        startHead: 'regression',
        params,
      },
      context,
    );
    return filesOf(model, task);
  };
