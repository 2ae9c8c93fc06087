import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import type { Example } from '../data/examples.js';
import type { IntentParams } from '../params.js';

/** What an engine learns from. */
export interface EngineTask {
  readonly classes: readonly string[];
  readonly several: boolean;
  readonly examples: readonly Example[];
  /** Of none of the classes; an engine may learn to be unsure about them. */
  readonly outsiders: readonly Example[];
  /** For engines that stop early; never learned from. */
  readonly validation: readonly Example[];
  readonly params: IntentParams;
}

/** Trains one tier. @returns the files that `openEngine` reads, without the decision. */
export type FitEngine = (context: TrainContext, task: EngineTask) => Promise<ArtefactFiles>;

/** A loaded engine: the served graph with what prepares its input. */
export interface OpenEngine {
  /** @returns one score a class (logits) for each text, in the order given; a batch equals one by one. */
  scores(texts: readonly string[]): Promise<ArrayLike<number>[]>;
  close(): Promise<void>;
}

/** (examples, classes) row-major, 1 where the intent is right. */
export function targetsOf(examples: readonly Example[], classes: readonly string[]): Float32Array {
  const position = new Map(classes.map((name, k) => [name, k]));
  const targets = new Float32Array(examples.length * classes.length);
  examples.forEach(({ intents }, row) => {
    for (const intent of intents) targets[row * classes.length + position.get(intent)!] = 1;
  });
  return targets;
}
