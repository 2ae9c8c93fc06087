import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { readJson, requireFile, writeJson } from '../../../learning/artefact/index.js';
import {
  exportEncoder,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  trainTokenClassifier,
  type Encoder,
  type TaggedSentences,
} from '../../../learning/text/encoder/index.js';
import {
  chooseDecoding,
  createTagger,
  crfScorer,
  decodeDecoding,
  encodeCrf,
  fitCrf,
  fitOpinionPool,
  groupFolds,
  openCrfScores,
  poolChain,
  poolScores,
  type CrfSettings,
  type CrossValidated,
  type LabelledSentence,
  type OpinionPool,
  type SentenceScores,
  type Tagger,
} from '../../../learning/text/sequence-tagging/index.js';
import { joinWindows, windowsFor } from './encoder-windows.js';
import type { EngineTask, FitEngine } from './engine.js';
import { promisingSwaps } from './scratch-engine.js';

/** Files of the encoder; the field beside it has those of `taggerFiles`. */
const ENCODER = 'encoder.onnx';
const TOKENIZER = 'tokenizer.json';
const POOL = 'pool.json';
/** Pieces that the encoder reads at once, if it can; its cost grows with the square. */
const MAXIMUM_LENGTH = 128;
/** One part in ten decides how the opinions are weighed, and calibrates. */
const VALIDATION_PARTS = 10;

/** `pool.json`. Its stored names predate those of `OpinionPool`: `words` is the encoder, `field` the CRF. */
const pool = z.strictObject({
  schemaVersion: z.literal(1),
  words: z.number(),
  field: z.number(),
  /** Maximum length of a window in word pieces. */
  maximumLength: z.int().min(3),
});

const lengthOf = ({ config }: Encoder): number => Math.min(MAXIMUM_LENGTH, config.positions);

/** @returns null when neither folder, cache nor hub has the encoder. */
export async function findEncoder(context: TrainContext, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}

/** Scores of an encoder's graph by word; a word without a piece (control characters) has none for or against anything. */
async function openEncoderScores(files: ArtefactFiles, labels: number, maximumLength: number): Promise<SentenceScores> {
  const parts = { model: requireFile(files, ENCODER), tokenizer: requireFile(files, TOKENIZER) };
  const session = await openEncoderSession(parts, { maximumLength, threads: 1 });
  const cut = windowsFor(session.tokenizer, maximumLength);
  return {
    async score(sentences) {
      const windows = sentences.map(cut);
      const read = windows.flatMap((own, s) => own.map(({ first, last }) => sentences[s]!.slice(first, last)));
      const found = await session.wordLogits(read);
      let next = 0;
      return windows.map((own) => {
        const logits = joinWindows(own, found.slice(next, (next += own.length)));
        const scores = new Float64Array(logits.length * labels);
        logits.forEach((word, i) => word && scores.set(word, i * labels));
        return scores;
      });
    },
    close: () => session.close(),
  };
}

/** Scores of encoder and field together. */
async function openPooledScores(files: ArtefactFiles, labels: number): Promise<SentenceScores> {
  const { words, field, maximumLength } = readJson(files, POOL, pool);
  const weights: OpinionPool = { encoder: words, crf: field };
  const crf = await openCrfScores(files, labels);
  const encoder = await openEncoderScores(files, labels, maximumLength);
  return {
    async score(sentences) {
      const [byEncoder, byCrf] = [await encoder.score(sentences), await crf.score(sentences)];
      return sentences.map((_, i) => poolScores({ encoder: byEncoder[i]!, crf: byCrf[i]! }, weights));
    },
    async close() {
      await encoder.close();
      await crf.close();
    },
  };
}

/** @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderTagger(files: ArtefactFiles): Promise<Tagger> {
  const decoding = decodeDecoding(files);
  try {
    return createTagger(decoding, await openPooledScores(files, decoding.set.labels.length));
  } catch (cause) {
    if (cause instanceof PipelineError && cause.code === 'ARTEFACT_INVALID') throw cause;
    throw new PipelineError('ARTEFACT_INVALID', `${ENCODER} or ${TOKENIZER} is no encoder`, {}, { cause });
  }
}

function asTagged(encoder: Encoder, sentences: readonly LabelledSentence[]): TaggedSentences {
  const cut = windowsFor(encoder.tokenizer, lengthOf(encoder));
  const parts = sentences.flatMap(({ words, labels }) =>
    cut(words).map(({ first, last }) => ({ words: words.slice(first, last), tags: [...labels.subarray(first, last)] })),
  );
  return { sentences: parts.map(({ words }) => words), tags: parts.map(({ tags }) => tags) };
}

interface Parts {
  readonly train: readonly LabelledSentence[];
  readonly validation: readonly LabelledSentence[];
}

function divide({ sentences, groups }: EngineTask, seed: number): Parts {
  const folds = groupFolds(groups, VALIDATION_PARTS, seed);
  const part = (held: boolean) => sentences.filter(({ words }, i) => words.length > 0 && (folds[i] === 0) === held);
  return { train: part(false), validation: part(true) };
}

async function fitEncoder(
  encoder: Encoder,
  context: TrainContext,
  { set, params }: EngineTask,
  { train, validation }: Parts,
): Promise<Record<string, Uint8Array>> {
  const { epochs, batchSize, learningRate } = params;
  const model = await trainTokenClassifier(
    encoder,
    {
      train: asTagged(encoder, train),
      ...(validation.length > 0 && { validation: asTagged(encoder, validation) }),
      classes: set.labels.length,
      params: fineTuningParams.parse({ epochs, batchSize, learningRate, maximumLength: lengthOf(encoder) }),
    },
    context,
  );
  return { [ENCODER]: exportEncoder(model, 'fp32'), [TOKENIZER]: encoder.tokenizerFile };
}

const noteOn = ({ encoder, crf }: OpinionPool): string =>
  `encoder and field are pooled with the weights ${encoder} and ${crf}, chosen by the likelihood of a tenth of the texts`;

/** Copies as for a field by itself; there is no cross-validation here that could choose. */
function settingsOf(task: EngineTask): CrfSettings {
  const { iterations, l2, minimumCount } = task.params;
  return { iterations, l2, minimumCount, swaps: promisingSwaps(task) };
}

interface Pooled {
  readonly weights: OpinionPool;
  readonly decoding: Pick<CrossValidated, 'bias' | 'threshold' | 'calibration'>;
}

/** Weighs encoder and field on texts that neither has learned from. */
async function poolOpinions(
  context: TrainContext,
  task: EngineTask,
  { train, validation }: Parts,
  encoder: SentenceScores,
): Promise<Pooled> {
  const { set, names } = task;
  const crf = fitCrf({ set, names, sentences: train }, settingsOf(task), context);
  const scoreByCrf = crfScorer(crf);
  const byEncoder = await encoder.score(validation.map(({ words }) => words));
  const pooled = validation.map(({ words, labels }, i) => ({ encoder: byEncoder[i]!, crf: scoreByCrf(words), labels }));
  const weights = fitOpinionPool(crf, pooled);
  const chain = poolChain(crf, weights);
  const heldOut = pooled.map((one) => ({ chain, scores: poolScores(one, weights), tokens: one.labels.length }));
  return { weights, decoding: chooseDecoding(set, heldOut, validation) };
}

/** A field learned from everything, as its files have to be in a pool. */
function encodeField(context: TrainContext, task: EngineTask, pooled: Pooled): Record<string, Uint8Array> {
  const { set, names, sentences, tokeniser } = task;
  const { weights, decoding } = pooled;
  const crf = fitCrf({ set, names, sentences }, settingsOf(task), context);
  // The bias becomes an offset of the CRF's graph, whose scores the pool scales.
  const bias = weights.crf > 0 ? decoding.bias / weights.crf : 0;
  const pooledCrf = { ...crf, steps: poolChain(crf, weights).steps };
  const { threshold, calibration } = decoding;
  return encodeCrf(pooledCrf, { tokeniser, bias, threshold, calibration });
}

/**
 * A pretrained encoder with a label a word, trained together, pooled with a conditional random field: the encoder knows
 * what words mean, the field capitals, known names and which label follows which. How much each opinion counts, the
 * readiness to find entities and the confidences come from a part that neither has learned from.
 */
export const fitTuned =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const parts = divide(task, context.seed);
    const files = await fitEncoder(encoder, context, task, parts);
    const maximumLength = lengthOf(encoder);
    const scores = await openEncoderScores(files, task.set.labels.length, maximumLength);
    const pooled = await poolOpinions(context, task, parts, scores);
    await scores.close();
    const { encoder: words, crf: field } = pooled.weights;
    const plain = writeJson({ schemaVersion: 1, maximumLength, words, field });
    return {
      engine: 'fine-tuned',
      files: { ...files, ...encodeField(context, task, pooled), [POOL]: plain },
      notes: [noteOn(pooled.weights)],
    };
  };
