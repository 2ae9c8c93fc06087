import type { TrainContext } from '../../../contracts/model-definition.js';
import type { LabelledSentence, LabelSet, Tokeniser } from '../../../learning/text/sequence-tagging/index.js';
import type { NerParams } from '../params.js';

/** What an engine learns from. */
export interface EngineTask {
  readonly set: LabelSet;
  readonly tokeniser: Tokeniser;
  readonly sentences: readonly LabelledSentence[];
  /** Group of each sentence: those of one group are never on both sides of the cross-validation. */
  readonly groups: readonly string[];
  /** Known names: lower-case tokens joined with spaces → bits of the types. */
  readonly names: ReadonlyMap<string, number>;
  readonly params: NerParams;
}

/** What an engine gives back. */
export interface Trained {
  readonly engine: NerParams['engine'];
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Sentences about the training that the evaluation repeats. */
  readonly notes: readonly string[];
}

export type FitEngine = (context: TrainContext, task: EngineTask) => Promise<Trained>;
