import { errorAt } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';
import { linesOf, messageFormat } from './message-format.js';
import { partOfName } from './message-table.js';
import type { PlacedMessage } from './usable-messages.js';

const TEXTS = /(?:^|\/)seq\.in$/;

function readPair(texts: SourceText, files: readonly SourceText[]): PlacedMessage[] {
  const labelName = texts.name.replace(TEXTS, (match) => match.replace('seq.in', 'label'));
  const labels = files.find(({ name }) => name === labelName);
  if (labels === undefined)
    throw errorAt('MISSING_COLUMN', { file: texts.name }, `wanted the labels in ${labelName} beside it`);
  const [lines, names] = [linesOf(texts.text), linesOf(labels.text)];
  if (lines.length !== names.length) {
    const finding = `found ${names.length} labels for ${lines.length} texts`;
    throw errorAt('MALFORMED_FILE', { file: labelName }, finding);
  }
  const part = partOfName(texts.name);
  return lines.map((text, i) => ({
    text,
    intent: names[i]!.trim(),
    part,
    place: { file: texts.name, line: i + 1 },
  }));
}

/** HWU64 and other DialoGLUE sets: folders train, valid, test with one text per line in `seq.in`, labels in `label`. */
export const linePairs = messageFormat({
  name: 'hwu64',
  description: 'a folder with seq.in and label, one message a line, in train, valid and test (HWU64)',
  isShared: true,
  matches: (files) => files.some(({ name }) => TEXTS.test(name)),
  read: (files) => files.filter(({ name }) => TEXTS.test(name)).flatMap((texts) => readPair(texts, files)),
});
