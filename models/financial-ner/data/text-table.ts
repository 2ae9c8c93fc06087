import { type DataPlace, errorAt, PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { requireSpan, type Span } from '../../../learning/text/sequence-tagging/index.js';
import { requireType, writeSpans } from './annotations.js';
import type { RowKind } from './columns.js';

/** An annotated text of a file. */
export interface AnnotatedText {
  readonly text: string;
  readonly spans: readonly Span[];
  /** @default the row's number */
  readonly id?: string;
  /** @default the text itself */
  readonly group?: string;
  readonly locale?: string;
  /** Part of a set with its own division. @default 'train' */
  readonly part?: Part;
  /** @default 'sentence' */
  readonly kind?: RowKind;
}

export type Part = 'train' | 'test';

/** Maximum text length in UTF-16 code units, also of a request. */
export const MAXIMUM_TEXT_LENGTH = 100_000;

/** A span's fault names the file too. */
function requirePlacedSpan(text: string, span: Span, place: DataPlace): void {
  try {
    requireSpan(text, span, 0);
  } catch (cause) {
    const { start, end } = span;
    const finding = `a span from ${start} to ${end} does not fit a text of ${text.length} code units`;
    throw cause instanceof PipelineError ? errorAt('INVALID_VALUE', place, finding) : cause;
  }
}

/** @throws PipelineError `INVALID_VALUE` for an empty or endless text or an annotation that does not fit it. */
export function requireAnnotated({ text, spans }: AnnotatedText, place: DataPlace): void {
  if (text.trim() === '' || text.length > MAXIMUM_TEXT_LENGTH)
    throw errorAt('INVALID_VALUE', place, `a text of ${text.length} characters, wanted 1 to ${MAXIMUM_TEXT_LENGTH}`);
  for (const span of spans) {
    requireType(span.type, place);
    requirePlacedSpan(text, span, place);
  }
}

/** A group for every text: its own where none is given, so that copies of a text stay together. */
const groupOf = ({ group, text }: AnnotatedText): string => group ?? text.trim().toLowerCase();

/** Annotated texts in the columns of the layouts' schema. */
export function textTable(texts: readonly AnnotatedText[]): Table {
  const column = (value: (text: AnnotatedText, row: number) => string | null) =>
    ({ kind: 'text', values: texts.map(value) }) as const;
  return {
    rowCount: texts.length,
    columns: {
      textId: column(({ id }, row) => id ?? `text-${row + 1}`),
      text: column(({ text }) => text),
      kind: column(({ kind }) => kind ?? 'sentence'),
      locale: column(({ locale }) => locale ?? null),
      textGroup: column(groupOf),
      entities: column(({ spans }) => writeSpans([...spans].sort((a, b) => a.start - b.start))),
      part: column(({ part }) => part ?? 'train'),
    },
  };
}
