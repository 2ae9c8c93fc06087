import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { headerOf } from '../../../../learning/text/csv.js';
import { messageFormat } from './message-format.js';
import { type LabelledMessage, type Part, partOfName, requireMessage } from './message-table.js';
import { readSeparated } from './separated.js';

const COLUMNS = ['cs_query', 'cs_parse'];
const isHinglish = ({ text }: SourceText): boolean =>
  COLUMNS.every((name) => headerOf(text, { delimiter: '\t', quoted: false }).includes(name));
const TOP_INTENT = /^\s*\[IN:([A-Z0-9_]+)/;

function readFile(file: SourceText): LabelledMessage[] {
  const part = partOfName(file.name);
  return readSeparated(file, '\t', COLUMNS).map(({ line, values }) => {
    const place = { file: file.name, line };
    const intent = TOP_INTENT.exec(values.cs_parse ?? '')?.[1];
    if (intent === undefined) throw errorAt('INVALID_VALUE', place, 'the parse does not begin with [IN:…');
    const message = { text: values.cs_query ?? '', intent, part };
    requireMessage(message, place);
    return message;
  });
}

/** Without a test file the validation part becomes the test part. */
function withTest(messages: readonly LabelledMessage[]): readonly LabelledMessage[] {
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
