import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import { fitBeta, type BetaCalibration } from '../../learning/calibration/beta.js';
import {
  exportEncoder,
  fineTuningParams,
  loadEncoder,
  openEncoderSession,
  trainTokenClassifier,
  type Encoder,
} from '../../learning/encoder/index.js';
import {
  createTagger,
  decodeDecoding,
  decodeEntities,
  decodeLabels,
  encodeDecoding,
  groupFolds,
  lattice,
  requireFile,
  taggerFiles,
  type LabelledSentence,
  type SentenceScores,
  type Tagger,
} from '../../learning/sequence-tagging/index.js';
import type { EngineTask, FitEngine } from './engine.js';

const TOKENIZER = 'tokenizer.json';
/** Pieces of a text that the encoder reads; words beyond are O. */
const MAXIMUM_LENGTH = 128;
/** One part in ten decides when to stop and calibrates. */
const VALIDATION_PARTS = 10;
/** Score of O for a word that the encoder did not read. */
const UNREAD = 20;
const UNCHANGED: BetaCalibration = { kind: 'beta', a: 1, b: 1, c: 0 };
const FEWEST_TO_CALIBRATE = 30;

/** @returns null when neither folder, cache nor hub has the encoder. */
export async function findEncoder(context: TrainContext, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}

function asTagged(sentences: readonly LabelledSentence[]) {
  return { sentences: sentences.map(({ words }) => [...words]), tags: sentences.map(({ labels }) => [...labels]) };
}

/** Scores of an encoder's graph by word. */
async function openScores(files: ArtefactFiles, labels: number): Promise<SentenceScores> {
  const parts = { model: requireFile(files, taggerFiles.graph), tokenizer: requireFile(files, TOKENIZER) };
  const session = await openEncoderSession(parts, { maximumLength: MAXIMUM_LENGTH, threads: 1 });
  return {
    async score(sentences) {
      const found = await session.wordLogits(sentences);
      return found.map((words) => {
        const scores = new Float64Array(words.length * labels);
        words.forEach((logits, i) => {
          if (logits) scores.set(logits, i * labels);
          else scores[i * labels] = UNREAD;
        });
        return scores;
      });
    },
    close: () => session.close(),
  };
}

/** @throws PipelineError `ARTEFACT_INVALID`. */
export async function openEncoderTagger(files: ArtefactFiles): Promise<Tagger> {
  const decoding = decodeDecoding(files);
  try {
    return createTagger(decoding, await openScores(files, decoding.set.labels.length));
  } catch (cause) {
    if (cause instanceof PipelineError && cause.code === 'ARTEFACT_INVALID') throw cause;
    throw new PipelineError('ARTEFACT_INVALID', `${taggerFiles.graph} or ${TOKENIZER} is no encoder`, {}, { cause });
  }
}

/** Fits the confidences on entities of the validation part. */
async function calibrate(
  files: ArtefactFiles,
  { set }: EngineTask,
  validation: readonly LabelledSentence[],
): Promise<BetaCalibration> {
  const scores = await openScores(files, set.labels.length);
  const lat = lattice(set);
  const chain = { set, lattice: lat, steps: new Float64Array(lat.from.length) };
  const found = await scores.score(validation.map(({ words }) => words));
  await scores.close();
  const margins: number[] = [];
  const right: number[] = [];
  validation.forEach(({ words, labels }, i) => {
    const wanted = new Set(decodeLabels(set, labels).map(({ type, first, last }) => `${type} ${first} ${last}`));
    for (const { type, first, last, margin } of decodeEntities(chain, found[i]!, words.length)) {
      margins.push(margin);
      right.push(wanted.has(`${type} ${first} ${last}`) ? 1 : 0);
    }
  });
  const hits = right.reduce((sum, one) => sum + one, 0);
  if (right.length < FEWEST_TO_CALIBRATE || hits === 0 || hits === right.length) return UNCHANGED;
  return fitBeta(margins, right, new Float64Array(right.length).fill(1));
}

/** A pretrained encoder with a label a word, trained together; the best allowed label sequence is the answer. */
export const fitTuned =
  (encoder: Encoder): FitEngine =>
  async (context, task) => {
    const { set, sentences, groups, tokeniser, params } = task;
    const folds = groupFolds(groups, VALIDATION_PARTS, context.seed);
    const readable = sentences.map(({ words }, i) => words.length > 0 && folds[i]! >= 0);
    const part = (held: boolean) => sentences.filter((_, i) => readable[i] === true && (folds[i] === 0) === held);
    const validation = part(true);
    const { epochs, batchSize, learningRate } = params;
    const model = await trainTokenClassifier(
      encoder,
      {
        train: asTagged(part(false)),
        ...(validation.length > 0 && { validation: asTagged(validation) }),
        classes: set.labels.length,
        params: fineTuningParams.parse({ epochs, batchSize, learningRate, maximumLength: MAXIMUM_LENGTH }),
      },
      context,
    );
    const graph = { [taggerFiles.graph]: exportEncoder(model, 'fp32'), [TOKENIZER]: encoder.tokenizerFile };
    const calibration = await calibrate(graph, task, validation);
    const steps = new Float64Array(lattice(set).from.length);
    const decoding = encodeDecoding({ set, steps, tokeniser, bias: 0, calibration });
    return { engine: 'fine-tuned', files: { ...graph, [taggerFiles.decoding]: decoding }, notes: [] };
  };
