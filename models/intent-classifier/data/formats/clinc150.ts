import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { parseJson } from '../../../../learning/text/parse-json.js';
import { messageFormat } from './message-format.js';
import type { MessagePlace, Part } from './message-table.js';
import type { PlacedMessage } from './usable-messages.js';

const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  val: 'validation',
  test: 'test',
  oos_train: 'train',
  oos_val: 'validation',
  oos_test: 'test',
};
const START = /^\s*\{\s*"(?:oos_)?(?:train|val|test)"\s*:\s*\[\s*\[/;

function readPair(pair: unknown, part: Part, place: MessagePlace): PlacedMessage {
  const [text, intent] = Array.isArray(pair) ? (pair as unknown[]) : [];
  if (typeof text !== 'string' || typeof intent !== 'string')
    throw errorAt('INVALID_VALUE', place, 'wanted a pair [text, intent]');
  return { text, intent, part, place };
}

function readFile({ name, text }: SourceText): PlacedMessage[] {
  const document = parseJson({ name, text }) as Readonly<Record<string, unknown>>;
  return Object.entries(document).flatMap(([key, pairs]) => {
    const part = PARTS[key];
    if (part === undefined || !Array.isArray(pairs)) {
      const finding = `found the member "${key}", wanted lists named ${Object.keys(PARTS).join(', ')}`;
      throw errorAt('MALFORMED_FILE', { file: name }, finding);
    }
    return (pairs as unknown[]).map((pair, i) => readPair(pair, part, { file: name, row: i + 1, column: key }));
  });
}

/** CLINC150 (Larson et al. 2019): one JSON object of parts, each a list of [text, intent]; `oos` is out of scope. */
export const clinc150 = messageFormat({
  name: 'clinc150',
  description: 'CLINC150 data_full.json: lists of [text, intent] named train, val, test, oos_train, oos_val, oos_test',
  matches: (files) => files.some(({ text }) => START.test(text)),
  read: (files) => files.filter(({ text }) => START.test(text)).flatMap(readFile),
});
