import { writeCsv } from '../../learning/text/csv.js';
import { escapeFormula, readReview } from '../review-csv.js';
import type { ReviewedMessage } from '../reviews.js';

export interface MessageLabel {
  readonly id: string;
  readonly intent: string;
}

/** A label with its row in the file, counted from 1 below the header. */
export interface GivenLabel extends MessageLabel {
  readonly row: number;
}

/** CSV that `readLabels` takes back once the last column is filled in. */
export const writeReview = (messages: readonly ReviewedMessage[]): string =>
  writeCsv(
    ['id', 'text', 'suggestion', 'confidence', 'intent'],
    messages.map(({ id, text, suggestion, confidence }) => [
      id,
      escapeFormula(text),
      suggestion,
      confidence.toFixed(3),
      '',
    ]),
  );

/**
 * Labels of a filled-in review; rows without an intent are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE` (an id twice), `FILE_EMPTY`.
 */
export const readLabels = (text: string, file: string): GivenLabel[] =>
  readReview(text, { file, column: 'intent', duplicate: 'a message is labelled twice' }).map(
    ({ id, answer: intent, row }) => ({ id, intent, row }),
  );
