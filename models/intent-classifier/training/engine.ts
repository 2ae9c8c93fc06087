import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import type { Example, PreparedData } from '../data/examples.js';
import type { IntentParams } from '../params.js';

/** Training data of an engine. */
export interface EngineTask {
  readonly classes: readonly string[];
  /** Whether a message has any number of intents. */
  readonly multiLabel: boolean;
  readonly examples: readonly Example[];
  /** Out-of-scope messages outside all classes, for outlier exposure. */
  readonly outOfScope: readonly Example[];
  /** For early stopping; not trained on. */
  readonly validation: readonly Example[];
  readonly params: IntentParams;
}

/** Trains an engine. @returns the files that `openEngine` reads, without the decision. */
export type FitEngine = (context: TrainContext, task: EngineTask) => Promise<ArtefactFiles>;

/** A validation message with its scores by a model that was fitted without it. */
export interface ScoredExample {
  readonly scores: ArrayLike<number>;
  readonly example: Example;
}

/** What the decision is chosen on. */
export interface ValidationScores {
  readonly rows: readonly ScoredExample[];
  /** Scores of out-of-scope messages without a class, once for each fold. */
  readonly outOfScope: readonly ArrayLike<number>[];
}

/** Hyper-parameters chosen on the folds, with the validation scores under them. */
export interface CrossFit extends ValidationScores {
  /** Without `null`. */
  readonly params: IntentParams;
  /** By what factor the refit's highest logits are larger (`logitGrowth`); null where it is not defined (`measuresGrowth`). */
  readonly growth: number | null;
  /** What was chosen, for the card; null = nothing. */
  readonly note: string | null;
  /** Artefact of the first fold's model. */
  readonly firstFit: () => Promise<ArtefactFiles>;
}

/** Chooses hyper-parameters on the folds of the prepared data. */
export type CrossFitEngine = (context: TrainContext, prepared: PreparedData, params: IntentParams) => Promise<CrossFit>;

/** Texts of messages. */
export const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

/** @returns (examples, classes) row-major, 1 where the message has the intent, 0 elsewhere. */
export function targetsOf(examples: readonly Example[], classes: readonly string[]): Float32Array {
  const position = new Map(classes.map((name, k) => [name, k]));
  const targets = new Float32Array(examples.length * classes.length);
  examples.forEach(({ intents }, row) => {
    for (const intent of intents) targets[row * classes.length + position.get(intent)!] = 1;
  });
  return targets;
}
