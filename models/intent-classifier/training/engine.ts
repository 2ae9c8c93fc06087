import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import type { Example } from '../data/examples.js';
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

/** @returns (examples, classes) row-major, 1 where the message has the intent, 0 elsewhere. */
export function targetsOf(examples: readonly Example[], classes: readonly string[]): Float32Array {
  const position = new Map(classes.map((name, k) => [name, k]));
  const targets = new Float32Array(examples.length * classes.length);
  examples.forEach(({ intents }, row) => {
    for (const intent of intents) targets[row * classes.length + position.get(intent)!] = 1;
  });
  return targets;
}
