import { errorAt, PipelineError } from '../../contracts/errors.js';
import type { LabelledSpan, SpanLabelling } from '../../contracts/labelling.js';
import { findLabelled } from '../find-labelled.js';
import { writeCsv } from '../../learning/text/csv.js';
import { escapeFormula, readReview } from '../review-csv.js';
import type { ReviewedAnnotations } from '../reviews.js';

/** Annotations of one message. */
export interface MessageAnnotations {
  readonly id: string;
  /** In the file, from 1 below the header. */
  readonly row: number;
  readonly spans: readonly LabelledSpan[];
}

/** CSV that `readAnnotations` takes back once the last column is corrected. */
export const writeReview = (messages: readonly ReviewedAnnotations[]): string =>
  writeCsv(
    ['id', 'text', 'finding', 'doubt', 'suggestion', 'entities'],
    messages.map(({ id, text, finding, doubt, suggestion, entities }) => [
      id,
      escapeFormula(text),
      finding,
      doubt.toFixed(3),
      suggestion,
      entities,
    ]),
  );

/** Runs `read` and names the file in what it finds wrong. @throws PipelineError `INVALID_VALUE`. */
export function inFile<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof PipelineError ? errorAt('INVALID_VALUE', { file }, cause.message) : cause;
  }
}

/**
 * Annotations of a corrected review; rows without an id or with an empty column are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE`, `FILE_EMPTY`.
 */
export async function readAnnotations(text: string, file: string): Promise<MessageAnnotations[]> {
  const answers = readReview(text, { file, column: 'entities', duplicate: 'a message is annotated twice' });
  const { labelling } = await findLabelled('spans');
  return answers.map(({ id, answer, row }) => ({ id, row, spans: readCell(labelling, answer, { file, row }) }));
}

const readCell = (
  { readSpans }: SpanLabelling,
  cell: string,
  { file, row }: { readonly file: string; readonly row: number },
): readonly LabelledSpan[] => inFile(file, () => readSpans(cell, row - 1));
