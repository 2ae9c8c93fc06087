import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { textColumn } from '../../../learning/table.js';
import { parseLabels } from './label-set.js';

const MOST_INTENTS = 2000;
/** An intent with one message can be in training or in the holdout, but not in both. */
const LARGEST_LONELY_SHARE = 0.5;
/** Above it the same text was exported several times. */
const LARGEST_COPIED_SHARE = 0.5;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function countIntents({ schema, table }: TrainingData): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of textColumn(table, schema.label))
    for (const intent of parseLabels(label ?? '')) counts.set(intent, (counts.get(intent) ?? 0) + 1);
  return counts;
}

const fewEnoughIntents: Expectation = {
  name: 'labels are intents and not free text',
  check(data) {
    const { size } = countIntents(data);
    return size <= MOST_INTENTS ? null : `found ${size} different labels, wanted at most ${MOST_INTENTS}`;
  },
};

const intentsRepeat: Expectation = {
  name: 'most intents have several messages',
  check(data) {
    const counts = [...countIntents(data).values()];
    const lonely = counts.filter((count) => count === 1).length / Math.max(1, counts.length);
    if (lonely <= LARGEST_LONELY_SHARE) return null;
    return `${percent(lonely)} of the intents have a single message, wanted at most ${percent(LARGEST_LONELY_SHARE)}`;
  },
};

const textsDiffer: Expectation = {
  name: 'messages differ',
  check({ table }) {
    const texts = textColumn(table, 'text');
    const copied = 1 - new Set(texts).size / Math.max(1, texts.length);
    if (copied <= LARGEST_COPIED_SHARE) return null;
    return `${percent(copied)} of the messages repeat another, wanted at most ${percent(LARGEST_COPIED_SHARE)}`;
  },
};

/** The model's own checks of a training table, beside the column specs of its schema. */
export const expectations: readonly Expectation[] = [fewEnoughIntents, intentsRepeat, textsDiffer];
