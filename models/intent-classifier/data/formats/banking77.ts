import type { SourceText } from '../../../../contracts/dataset.js';
import { headerOf } from '../../../../learning/text/csv.js';
import { messageFormat } from './message-format.js';
import { type LabelledMessage, partOfName, requireMessage } from './message-table.js';
import { readSeparated } from './separated.js';

const COLUMNS = ['text', 'category'];
const isBanking = ({ name, text }: SourceText): boolean =>
  !/\.json$/i.test(name) && headerOf(text, { delimiter: ',' }).join() === COLUMNS.join();

function readFile(file: SourceText): LabelledMessage[] {
  const part = partOfName(file.name);
  return readSeparated(file, ',', COLUMNS).map(({ line, values }) => {
    const message = { text: values.text ?? '', intent: values.category ?? '', part };
    requireMessage(message, { file: file.name, line });
    return message;
  });
}

/** Banking77 (Casanueva et al. 2020): CSV of text and category, one file or the folder with train and test. */
export const banking77 = messageFormat({
  name: 'banking77',
  description: 'Banking77 CSV with the columns text,category; a folder with train.csv and test.csv keeps the division',
  matches: (files) => files.some(isBanking),
  read: (files) => files.filter(isBanking).flatMap(readFile),
});
