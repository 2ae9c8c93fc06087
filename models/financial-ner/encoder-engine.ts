import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import {
  exportEncoder,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  trainTokenClassifier,
  type Encoder,
  type TaggedSentences,
} from '../../learning/encoder/index.js';
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
  readJson,
  requireFile,
  type LabelledSentence,
  type OpinionPool,
  type SentenceScores,
  type Tagger,
} from '../../learning/sequence-tagging/index.js';
import { joinWindows, windowsFor } from './encoder-windows.js';
import type { EngineTask, FitEngine } from './engine.js';

/** Files of the encoder; the field beside it has those of `taggerFiles`. */
const ENCODER = 'encoder.onnx';
const TOKENIZER = 'tokenizer.json';
const POOL = 'pool.json';
/** Pieces that the encoder reads at once. */
const MAXIMUM_LENGTH = 128;
/** One part in ten decides how the opinions are weighed, and calibrates. */
const VALIDATION_PARTS = 10;

const pool = z.strictObject({ schemaVersion: z.literal(1), words: z.number(), field: z.number() });

/** @returns null when neither folder, cache nor hub has the encoder. */
export async function findEncoder(context: TrainContext, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}

/** Scores of an encoder's graph by word; a word without a piece (control characters) has none for or against anything. */
async function openEncoderScores(files: ArtefactFiles, labels: number): Promise<SentenceScores> {
  const parts = { model: requireFile(files, ENCODER), tokenizer: requireFile(files, TOKENIZER) };
  const session = await openEncoderSession(parts, { maximumLength: MAXIMUM_LENGTH, threads: 1 });
  const cut = windowsFor(session.tokenizer, MAXIMUM_LENGTH);
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
  const weights = readJson(files, POOL, pool);
  const field = await openCrfScores(files, labels);
  const encoder = await openEncoderScores(files, labels);
  return {
    async score(sentences) {
      const [words, chain] = [await encoder.score(sentences), await field.score(sentences)];
      return sentences.map((_, i) => poolScores({ words: words[i]!, field: chain[i]! }, weights));
    },
    async close() {
      await encoder.close();
      await field.close();
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
  const cut = windowsFor(encoder.tokenizer, MAXIMUM_LENGTH);
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
      params: fineTuningParams.parse({ epochs, batchSize, learningRate, maximumLength: MAXIMUM_LENGTH }),
    },
    context,
  );
  return { [ENCODER]: exportEncoder(model, 'fp32'), [TOKENIZER]: encoder.tokenizerFile };
}

const noteOn = ({ words, field }: OpinionPool): string =>
  `encoder and field are pooled with the weights ${words} and ${field}, chosen by the likelihood of a tenth of the texts`;

/**
 * A pretrained encoder with a label a word, trained together, pooled with a conditional random field: the encoder knows
 * what words mean, the field capitals, known names and which label follows which. How much each opinion counts, the
 * readiness to find entities and the confidences come from a part that neither has learned from.
 */
export const fitTuned =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { set, names, sentences, tokeniser, params } = task;
    const parts = divide(task, context.seed);
    const files = await fitEncoder(encoder, context, task, parts);
    const { iterations, l2, minimumCount } = params;
    const settings = { iterations, l2, minimumCount, swaps: Math.max(0, params.swaps) };
    const scores = await openEncoderScores(files, set.labels.length);
    const found = await scores.score(parts.validation.map(({ words }) => words));
    await scores.close();
    const judge = fitCrf({ set, names, sentences: parts.train }, settings, context);
    const byField = crfScorer(judge);
    const judged = parts.validation.map(({ words, labels }, i) => ({
      words: found[i]!,
      field: byField(words),
      labels,
    }));
    const weights = fitOpinionPool(judge, judged);
    const chain = poolChain(judge, weights);
    const held = judged.map((one) => ({ chain, scores: poolScores(one, weights), tokens: one.labels.length }));
    const { bias, calibration } = chooseDecoding(set, held, parts.validation);
    const field = fitCrf({ set, names, sentences }, settings, context);
    // The field's graph knows nothing of the pool: its offset is made up for by the weight.
    const offset = weights.field > 0 ? bias / weights.field : 0;
    const pooled = { ...field, steps: poolChain(field, weights).steps };
    return {
      engine: 'fine-tuned',
      files: {
        ...files,
        ...encodeCrf(pooled, { tokeniser, bias: offset, calibration }),
        [POOL]: new TextEncoder().encode(canonicalJson({ schemaVersion: 1, ...weights })),
      },
      notes: [noteOn(weights)],
    };
  };
