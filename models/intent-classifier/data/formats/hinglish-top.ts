import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { headerOf } from '../../../../learning/text/csv.js';
import { messageFormat } from './message-format.js';
import { type Part, partOfName } from './message-table.js';
import { readSeparated } from './separated.js';
import type { PlacedMessage } from './usable-messages.js';

const COLUMNS = ['cs_query', 'cs_parse'];
const isHinglish = ({ text }: SourceText): boolean =>
  COLUMNS.every((name) => headerOf(text, { delimiter: '\t', quoted: false }).includes(name));
const TOP_INTENT = /^\s*\[IN:([A-Z0-9_]+)/;

function readFile(file: SourceText): PlacedMessage[] {
  const part = partOfName(file.name);
  return readSeparated(file, { delimiter: '\t', quoted: false }, COLUMNS).map(({ line, values }) => {
    const place = { file: file.name, line };
    const parse = values.cs_parse ?? '';
    const intent = parse.trim() === '' ? '' : TOP_INTENT.exec(parse)?.[1];
    if (intent === undefined) throw errorAt('INVALID_VALUE', place, 'the parse does not begin with [IN:…');
    return { text: values.cs_query ?? '', intent, part, place };
  });
}

/** Without a test file the validation part becomes the test part. */
function withTest(messages: readonly PlacedMessage[]): readonly PlacedMessage[] {
  if (messages.some(({ part }) => part === 'test')) return messages;
  const held = (part: Part | null): Part | null => (part === 'validation' ? 'test' : part);
  return messages.map((message) => ({ ...message, part: held(message.part) }));
}

/** Hinglish-TOP (Agarwal et al. 2022): code-switched queries; the label is the outermost intent of the parse. */
export const hinglishTop = messageFormat({
  name: 'hinglish-top',
  description: 'Hinglish-TOP: tab-separated with cs_query and cs_parse; the label is the outermost intent',
  matches: (files) => files.some(isHinglish),
  read: (files) => withTest(files.filter(isHinglish).flatMap(readFile)),
});
