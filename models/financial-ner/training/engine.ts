import type { TrainContext } from '../../../contracts/model-definition.js';
import type {
  CrfSettings,
  LabelledSentence,
  LabelSet,
  Tokeniser,
} from '../../../learning/text/sequence-tagging/index.js';
import type { NerParams } from '../params.js';

/** Training data of an engine. */
export interface EngineTask {
  readonly set: LabelSet;
  readonly tokeniser: Tokeniser;
  readonly sentences: readonly LabelledSentence[];
  /** Group of each sentence; a group is never split between training and test folds. */
  readonly groups: readonly string[];
  /** Known names: lower-case tokens joined with spaces → bit mask of types. */
  readonly names: ReadonlyMap<string, number>;
  readonly params: NerParams;
}

/** A trained engine. */
export interface TrainedEngine {
  readonly engine: NerParams['engine'];
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Sentences about the training that the evaluation repeats. */
  readonly notes: readonly string[];
}

/** Trains an engine. Deterministic given the seed. */
export type FitEngine = (context: TrainContext, task: EngineTask) => Promise<TrainedEngine>;

/** Settings of the conditional random field. @param swaps - copies with swapped mentions. */
export const crfSettings = ({ iterations, l2, minimumCount }: NerParams, swaps: number): CrfSettings => ({
  iterations,
  l2,
  minimumCount,
  swaps,
});
