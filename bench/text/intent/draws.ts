import type { TrainingData } from '../../../contracts/dataset.js';
import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { addTypos } from '../../../learning/text/augmentation/index.js';
import { type Example, readExamples } from '../../../models/intent-classifier/data/examples.js';
import {
  type LabelledMessage,
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
/** The 0.975 quantile of Student's t with one degree of freedom fewer than there are seeds. */
export const T_QUANTILE = 2.776;
/** Share of letters mistyped, in training and test. */
const TYPOS = 0.1;

/** Share of in-scope test messages to be rejected, and how far the measured one may be from it. */
export const REJECTED = 0.05;
export const REJECTED_TOLERANCE = 0.02;

/** In-scope or out-of-scope messages with typos. */
function mistyped(
  examples: readonly Example[],
  part: Part,
  random: Random,
  { outOfScope }: Pick<Example, 'outOfScope'> = { outOfScope: false },
): LabelledMessage[] {
  return examples
    .filter((example) => example.outOfScope === outOfScope)
    .map(({ text, intents }) => ({ text: addTypos(text, TYPOS, random), intent: intents[0]!, part }));
}

/** Messages as a data set without the column `part`, so that the model divides them itself. */
export function undivided(messages: readonly LabelledMessage[]): TrainingData {
  const { rowCount, columns } = messageTable(messages);
  const { messageId, text, intent } = columns;
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

/** A number of mistyped messages of each intent, and the mistyped test part; without out-of-scope messages. */
export function drawSet({ train, holdout }: DividedSet, count: number, seed: number): DividedSet {
  const random = createRandom(seed).fork(`few-${count}`);
  const few = drawn(readExamples(train), count, random);
  return {
    train: undivided(mistyped(few, 'train', random)),
    holdout: undivided(mistyped(readExamples(holdout), 'test', random)),
  };
}

/** Mistyped messages of a draw with those out of scope. */
export interface DrawWithOutOfScope {
  readonly train: readonly LabelledMessage[];
  readonly test: readonly LabelledMessage[];
  readonly outOfScopeTrain: readonly LabelledMessage[];
  readonly outOfScopeTest: readonly LabelledMessage[];
}

/** The intents that a draw has, of all of the set's. @param intents - their number; null = all. */
function chosenIntents(examples: readonly Example[], intents: number | null, random: Random): Set<string> {
  const all = [...new Set(examples.filter(({ outOfScope }) => !outOfScope).map((one) => one.intents[0]!))].sort();
  const order = Array.from(random.permutation(all.length), (i) => all[i]!);
  return new Set(intents === null ? all : order.slice(0, intents));
}

/** As `drawSet`, with a number of the set's intents and its out-of-scope messages in random order. */
export function drawWithOutOfScope(
  { train, holdout }: DividedSet,
  { intents, count }: { readonly intents: number | null; readonly count: number },
  seed: number,
): DrawWithOutOfScope {
  const random = createRandom(seed).fork(`few-${intents ?? 'all'}-${count}`);
  const [pool, tested] = [readExamples(train), readExamples(holdout)];
  const chosen = chosenIntents(pool, intents, random);
  const isDrawn = (example: Example): boolean => example.outOfScope || chosen.has(example.intents[0]!);
  const shuffled = <Item>(items: readonly Item[]): Item[] =>
    Array.from(random.permutation(items.length), (i) => items[i]!);
  const outside = { outOfScope: true };
  return {
    train: mistyped(drawn(pool.filter(isDrawn), count, random), 'train', random),
    test: shuffled(mistyped(tested.filter(isDrawn), 'test', random)),
    outOfScopeTrain: shuffled(mistyped(pool, 'train', random, outside)),
    outOfScopeTest: shuffled(mistyped(tested, 'test', random, outside)),
  };
}
