import type { Expectation, TrainingData } from '../../../contracts/dataset.js';
import { textColumn } from '../../../learning/table.js';
import { labelsAreMeant } from '../../../learning/text/label-names.js';
import { countIntents } from './examples.js';
import { parseLabels } from './label-set.js';

/** More labels indicate free text in the label column. */
const MAXIMUM_INTENTS = 2000;
/** Maximum share of intents with one message, which cannot be in training and holdout both. */
const MAXIMUM_SINGLE_SHARE = 0.5;
/** Maximum share of repeated texts; more indicate repeated exports. */
const MAXIMUM_COPIED_SHARE = 0.5;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const intentCounts = ({ schema, table }: TrainingData): Map<string, number> =>
  countIntents(textColumn(table, schema.label).map((label) => parseLabels(label ?? '')));

const fewEnoughIntents: Expectation = {
  name: 'labels are intents and not free text',
  check(data) {
    const { size } = intentCounts(data);
    return size <= MAXIMUM_INTENTS ? null : `found ${size} different labels, wanted at most ${MAXIMUM_INTENTS}`;
  },
};

const intentsRepeat: Expectation = {
  name: 'most intents have several messages',
  check(data) {
    const counts = [...intentCounts(data).values()];
    const singles = counts.filter((count) => count === 1).length / Math.max(1, counts.length);
    if (singles <= MAXIMUM_SINGLE_SHARE) return null;
    return `${percent(singles)} of the intents have a single message, wanted at most ${percent(MAXIMUM_SINGLE_SHARE)}`;
  },
};

const textsDiffer: Expectation = {
  name: 'messages differ',
  check({ table }) {
    const texts = textColumn(table, 'text');
    const copied = 1 - new Set(texts).size / Math.max(1, texts.length);
    if (copied <= MAXIMUM_COPIED_SHARE) return null;
    return `${percent(copied)} of the messages repeat another, wanted at most ${percent(MAXIMUM_COPIED_SHARE)}`;
  },
};

/** The model's checks of a training table in addition to the schema's. */
export const expectations: readonly Expectation[] = [
  fewEnoughIntents,
  intentsRepeat,
  textsDiffer,
  labelsAreMeant(intentCounts),
];
