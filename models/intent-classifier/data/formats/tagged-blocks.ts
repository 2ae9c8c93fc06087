import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { joinLabels, parseLabels } from '../label-set.js';
import { linesOf, messageFormat } from './message-format.js';
import { type Part, partOfName } from './message-table.js';
import type { PlacedMessage } from './usable-messages.js';

/** A line with a token and its BIO tag. */
const TOKEN = /^(\S+) (O|[BI]-\S+)$/;
const START = /^(?:\s*\n)?\S+ (?:O|[BI]-\S+)\r?\n/;

const isBlocks = ({ name, text }: SourceText): boolean => /\.txt$/i.test(name) && START.test(text);

interface Block {
  readonly tokens: string[];
  intent: string | null;
}

function readLine(block: Block, line: string, place: { readonly file: string; readonly line: number }): void {
  const token = TOKEN.exec(line);
  if (token !== null && block.intent === null) block.tokens.push(token[1]!);
  else if (token === null && block.intent === null && block.tokens.length > 0 && !/\s/.test(line)) block.intent = line;
  else throw errorAt('MALFORMED_FILE', place, 'wanted "token tag" lines, then one line with the intent');
}

function closeBlock(block: Block, place: { readonly file: string; readonly line: number }, part: Part | null) {
  if (block.intent === null) throw errorAt('MALFORMED_FILE', place, 'a block ends without an intent');
  return { text: block.tokens.join(' '), intent: joinLabels(parseLabels(block.intent)), part, place };
}

function readFile({ name, text }: SourceText): PlacedMessage[] {
  const messages: PlacedMessage[] = [];
  const part = partOfName(name);
  let block: Block = { tokens: [], intent: null };
  [...linesOf(text), ''].forEach((line, i) => {
    const place = { file: name, line: i + 1 };
    if (line.trim() !== '') readLine(block, line.trim(), place);
    else if (block.tokens.length > 0) {
      const lines = block.tokens.length + Number(block.intent !== null);
      messages.push(closeBlock(block, { file: name, line: i + 1 - lines }, part));
      block = { tokens: [], intent: null };
    }
  });
  return messages;
}

/** Without a training file (as in MixSNIPS) the validation part becomes the training part. */
function withTraining(messages: readonly PlacedMessage[]): readonly PlacedMessage[] {
  if (messages.some(({ part }) => part === 'train')) return messages;
  return messages.map((message) => (message.part === 'validation' ? { ...message, part: 'train' as const } : message));
}

/** SNIPS and MixSNIPS (Qin et al. 2020): blocks of `token tag` lines ended by the intent, several joined by #. */
export const taggedBlocks = messageFormat({
  name: 'snips',
  description: 'SNIPS or MixSNIPS: train.txt, dev.txt, test.txt of "token tag" lines, then a line with the intent(s)',
  isShared: true,
  matches: (files) => files.some(isBlocks),
  read: (files) => withTraining(files.filter(isBlocks).flatMap(readFile)),
});
