import type { SourceText } from '../../../../contracts/dataset.js';
import { delimiterOf, DELIMITERS, headerOf } from '../../../../learning/text/csv.js';
import { messageFormat } from './message-format.js';
import { partOfName } from './message-table.js';
import { readSeparated } from './separated.js';
import type { PlacedMessage } from './usable-messages.js';

const COLUMNS = ['text', 'category'];
const hasColumns = (text: string, delimiter: string): boolean =>
  headerOf(text, { delimiter }).join() === COLUMNS.join();
const isBanking = ({ name, text }: SourceText): boolean =>
  !/\.json$/i.test(name) && DELIMITERS.some((delimiter) => hasColumns(text, delimiter));

function readFile(file: SourceText): PlacedMessage[] {
  const part = partOfName(file.name);
  const delimiter = delimiterOf(file.text, COLUMNS);
  return readSeparated(file, { delimiter }, COLUMNS).map(({ line, values }) => ({
    text: values.text ?? '',
    intent: values.category ?? '',
    part,
    place: { file: file.name, line },
  }));
}

/** Banking77 (Casanueva et al. 2020): CSV of text and category, one file or the folder with train and test. */
export const banking77 = messageFormat({
  name: 'banking77',
  description: 'Banking77 CSV with the columns text,category; a folder with train.csv and test.csv keeps the division',
  matches: (files) => files.some(isBanking),
  read: (files) => files.filter(isBanking).flatMap(readFile),
});
