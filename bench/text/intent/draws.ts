import type { TrainingData } from '../../../contracts/dataset.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { addTypos } from '../../../learning/text/augmentation/index.js';
import { type Example, readExamples } from '../../../models/intent-classifier/data/examples.js';
import {
  messageSchema,
  messageTable,
  type Part,
} from '../../../models/intent-classifier/data/formats/message-table.js';
import type { DividedSet } from '../../support/divided-set.js';

/** Public sets to draw few messages from. */
export const DRAWN_SETS = [
  { name: 'HWU64', path: 'hwu64' },
  { name: 'Banking77', path: 'banking77' },
  { name: 'CLINC150', path: 'clinc150/data_full.json.gz' },
];
/** Messages an intent. */
export const MESSAGES = [10, 20, 50];
export const SEEDS = [1, 2, 3, 4, 5];
/** Share of letters mistyped, in training and test. */
const TYPOS = 0.1;

/** Share of in-scope test messages to be rejected, and how far the measured one may be from it. */
export const REJECTED = 0.05;
export const REJECTED_TOLERANCE = 0.02;

/** Messages as a data set of one part, with typos and without their out-of-scope messages. */
function mistyped(examples: readonly Example[], part: Part, random: Random): TrainingData {
  const messages = examples
    .filter(({ outOfScope }) => !outOfScope)
    .map(({ text, intents }) => ({ text: addTypos(text, TYPOS, random), intent: intents[0]!, part }));
  const { rowCount, columns } = messageTable(messages);
  const { messageId, text, intent } = columns;
  // Without the column `part`, so that the model divides the messages itself.
  return {
    schema: messageSchema('few'),
    table: { rowCount, columns: { messageId: messageId!, text: text!, intent: intent! } },
  };
}

/** A number of messages of each intent. */
function drawn(examples: readonly Example[], count: number, random: Random): Example[] {
  const taken = new Map<string, number>();
  return Array.from(random.permutation(examples.length), (i) => examples[i]!).filter(({ intents }) => {
    const before = taken.get(intents[0]!) ?? 0;
    taken.set(intents[0]!, before + 1);
    return before < count;
  });
}

/** A number of mistyped messages of each intent, and the mistyped test part. */
export function drawSet({ train, holdout }: DividedSet, count: number, seed: number): DividedSet {
  const random = createRandom(seed).fork(`few-${count}`);
  const few = drawn(readExamples(train), count, random);
  return { train: mistyped(few, 'train', random), holdout: mistyped(readExamples(holdout), 'test', random) };
}
