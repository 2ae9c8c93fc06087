import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { joinLabels } from '../label-set.js';
import { parseJson } from '../../../../learning/text/parse-json.js';
import { messageFormat } from './message-format.js';
import type { MessagePlace, Part } from './message-table.js';
import type { PlacedMessage } from './usable-messages.js';

const FOLD = /(?:^|\/)fold(\d+)\.json$/;
/** The last three of fifteen folds are the test part, as in the large-data setting with one fifth held out. */
const FIRST_TEST_FOLD = 12;

const foldOf = ({ name }: SourceText): number => Number(FOLD.exec(name)?.[1] ?? 0);

function readEntry(entry: unknown, part: Part, place: MessagePlace): PlacedMessage {
  const { text, intents = [] } = (entry ?? {}) as { readonly text?: unknown; readonly intents?: unknown };
  const named = Array.isArray(intents) && intents.every((intent) => typeof intent === 'string');
  if (typeof text !== 'string' || !named)
    throw errorAt('INVALID_VALUE', place, 'wanted {"text": …, "intents": [names]}');
  return { text, intent: joinLabels(intents), part, place };
}

function readFold(file: SourceText): PlacedMessage[] {
  const entries = parseJson(file);
  if (!Array.isArray(entries)) throw errorAt('MALFORMED_FILE', { file: file.name }, 'wanted a list of messages');
  const part = foldOf(file) >= FIRST_TEST_FOLD ? 'test' : 'train';
  return (entries as unknown[]).map((entry, i) => readEntry(entry, part, { file: file.name, row: i + 1 }));
}

/** NLU++ (Casanueva et al. 2022): a folder of folds, each a list of messages with any number of intents. */
export const nlupp = messageFormat({
  name: 'nlupp',
  description: 'NLU++: a folder with fold0.json … fold14.json of {text, intents}; folds 12 to 14 are held out',
  isShared: true,
  matches: (files) => files.some(({ name }) => FOLD.test(name)),
  read: (files) =>
    files
      .filter(({ name }) => FOLD.test(name))
      .sort((a, b) => foldOf(a) - foldOf(b))
      .flatMap(readFold),
});
