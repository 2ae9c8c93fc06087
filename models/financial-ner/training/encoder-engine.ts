import type { TrainContext } from '../../../contracts/model-definition.js';
import { asVariantFiles } from '../../../learning/artefact/index.js';
import {
  type EncoderModel,
  exportEncoder,
  fineTuningParams,
  trainTokenClassifier,
  windowsFor,
  type Encoder,
  type TaggedSentences,
} from '../../../learning/text/encoder/index.js';
import {
  chooseDecoding,
  crfScorer,
  encodeCrf,
  fitCrf,
  fitOpinionPool,
  groupFolds,
  poolChain,
  poolScores,
  type CrfModel,
  type CrossValidated,
  type LabelledSentence,
  type OpinionPool,
  type SentenceScores,
} from '../../../learning/text/sequence-tagging/index.js';
import { encodePool, encoderFiles, openEncoderScores } from '../prediction/encoder-tagger.js';
import { crfSettings, type EngineTask, type FitEngine } from './engine.js';
import { maximumSwaps } from './scratch-engine.js';

/** Maximum length of an encoder's input in pieces; attention grows with its square. */
const MAXIMUM_LENGTH = 128;
/** One fold of ten is the validation part, on which pool, decoding and calibration are fitted. */
const VALIDATION_FOLDS = 10;

const maximumLengthOf = ({ config }: Encoder): number => Math.min(MAXIMUM_LENGTH, config.positions);

/** Sentences in windows of the encoder's maximum length, with one tag per word. */
function taggedWindows(encoder: Encoder, sentences: readonly LabelledSentence[]): TaggedSentences {
  const cut = windowsFor(encoder.tokenizer, maximumLengthOf(encoder));
  const parts = sentences.flatMap(({ words, labels }) =>
    cut(words).map(({ first, last }) => ({ words: words.slice(first, last), tags: [...labels.subarray(first, last)] })),
  );
  return { sentences: parts.map(({ words }) => words), tags: parts.map(({ tags }) => tags) };
}

interface Parts {
  readonly train: readonly LabelledSentence[];
  readonly validation: readonly LabelledSentence[];
}

function smallestFold(folds: Int32Array): number {
  const sizes = new Map<number, number>();
  for (const fold of folds) sizes.set(fold, (sizes.get(fold) ?? 0) + 1);
  const isFew = sizes.size < VALIDATION_FOLDS;
  return isFew ? ([...sizes].sort(([a, m], [b, n]) => m - n || a - b)[0]?.[0] ?? 0) : 0;
}

function splitValidation({ sentences, groups }: EngineTask, seed: number): Parts {
  const folds = groupFolds(groups, VALIDATION_FOLDS, seed);
  // Of few documents the smallest; a larger one would be missing in training.
  const validationFold = smallestFold(folds);
  const part = (validation: boolean): LabelledSentence[] =>
    sentences.filter(({ words }, i) => words.length > 0 && (folds[i] === validationFold) === validation);
  return { train: part(false), validation: part(true) };
}

async function fitEncoder(
  encoder: Encoder,
  context: TrainContext,
  { set, params }: EngineTask,
  { train, validation }: Parts,
): Promise<EncoderModel> {
  const { epochs, batchSize, learningRate } = params;
  return trainTokenClassifier(
    encoder,
    {
      train: taggedWindows(encoder, train),
      ...(validation.length > 0 && { validation: taggedWindows(encoder, validation) }),
      classes: set.labels.length,
      params: fineTuningParams.parse({ epochs, batchSize, learningRate, maximumLength: maximumLengthOf(encoder) }),
    },
    context,
  );
}

const noteOn = ({ encoder, crf }: OpinionPool): string =>
  `encoder and field are pooled with the weights ${encoder} and ${crf}, chosen by the likelihood of a tenth of the texts`;

/** Fits the CRF of the pool; without cross-validation the number of swapped copies is the maximum for the set's size. */
function fitPoolCrf(context: TrainContext, task: EngineTask, sentences: readonly LabelledSentence[]): CrfModel {
  const { set, names, params } = task;
  return fitCrf({ set, names, sentences }, crfSettings(params, maximumSwaps(task)), context);
}

interface FittedPool {
  readonly weights: OpinionPool;
  readonly decoding: Pick<CrossValidated, 'bias' | 'threshold' | 'calibration'>;
}

/** CRFs of a pool, the same for every number format of the encoder. */
interface PoolCrfs {
  /** Fitted without the validation part. */
  readonly train: CrfModel;
  /** Fitted on all sentences: the one that serves. */
  readonly all: CrfModel;
}

/** Fits the pool weights, then decoding and calibration of the pooled scores, on the validation part. */
async function fitPool(
  task: EngineTask,
  { train: crf }: PoolCrfs,
  validation: readonly LabelledSentence[],
  encoder: SentenceScores,
): Promise<FittedPool> {
  const scoreByCrf = crfScorer(crf);
  const byEncoder = await encoder.score(validation.map(({ words }) => words));
  const pooled = validation.map(({ words, labels }, i) => ({ encoder: byEncoder[i]!, crf: scoreByCrf(words), labels }));
  const weights = fitOpinionPool(crf, pooled);
  const chain = poolChain(crf, weights);
  const heldOut = pooled.map((one) => ({ chain, scores: poolScores(one, weights), tokens: one.labels.length }));
  return { weights, decoding: chooseDecoding(task.set, heldOut, validation) };
}

/** Files of a CRF fitted on all sentences, with the pool's transition weights, decoding and calibration. */
function encodePooledCrf(
  task: EngineTask,
  crf: CrfModel,
  { weights, decoding }: FittedPool,
): Record<string, Uint8Array> {
  // The bias becomes an offset of the CRF's graph, whose scores the pool scales.
  const bias = weights.crf > 0 ? decoding.bias / weights.crf : 0;
  const pooledCrf = { ...crf, steps: poolChain(crf, weights).steps };
  const { threshold, calibration } = decoding;
  return encodeCrf(pooledCrf, { tokeniser: task.tokeniser, bias, threshold, calibration });
}

interface PooledEncoder {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly weights: OpinionPool;
}

/** The files of one number format. Pool, threshold and calibration are fitted on the scores of its own graph. */
async function poolEncoder(
  task: EngineTask,
  crfs: PoolCrfs,
  validation: readonly LabelledSentence[],
  { model, precision }: { readonly model: EncoderModel; readonly precision: 'fp32' | 'int8' },
): Promise<PooledEncoder> {
  const { encoder } = model;
  const graph = { [encoderFiles.model]: exportEncoder(model, precision) };
  const files = { ...graph, [encoderFiles.tokenizer]: encoder.tokenizerFile };
  const maximumLength = maximumLengthOf(encoder);
  const scores = await openEncoderScores(files, task.set.labels.length, maximumLength);
  const pool = await fitPool(task, crfs, validation, scores);
  await scores.close();
  const { weights } = pool;
  return {
    files: { ...files, ...encodePooledCrf(task, crfs.all, pool), ...encodePool(weights, maximumLength) },
    weights,
  };
}

/** Those files of a variant that are not the same in the usual format. */
const filesThatDiffer = ({ files }: PooledEncoder, usual: PooledEncoder): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(files).filter(([name, bytes]) => !isEqual(bytes, usual.files[name]!)));

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/**
 * The fine-tuned engine: a pretrained encoder with one label per word, in a logarithmic opinion pool with a CRF. The
 * encoder contributes word meaning; the CRF capitals, known names and label transitions. Pool weights, decoding and
 * calibration are fitted on a validation part that neither was fitted on.
 */
export const fineTunedEngine =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { precision } = task.params;
    const parts = splitValidation(task, context.seed);
    const model = await fitEncoder(encoder, context, task, parts);
    const [train, all] = [fitPoolCrf(context, task, parts.train), fitPoolCrf(context, task, task.sentences)];
    const pooled = (format: 'fp32' | 'int8'): Promise<PooledEncoder> =>
      poolEncoder(task, { train, all }, parts.validation, { model, precision: format });
    const usual = await pooled(precision === 'int8' ? 'int8' : 'fp32');
    const variant = precision === 'both' ? asVariantFiles('int8', filesThatDiffer(await pooled('int8'), usual)) : {};
    return { engine: 'fine-tuned', files: { ...usual.files, ...variant }, notes: [noteOn(usual.weights)] };
  };
