import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { textColumn } from '../../../learning/table.js';
import { type NormalisedSpans, normaliseSpans, requireSpan } from '../../../learning/text/sequence-tagging/index.js';
import { NO_ENTITIES, readSpans } from './annotations.js';
import { requireAtLeast } from '../../../learning/checks.js';

/** A text with its annotated spans in normal form. */
export interface Example extends NormalisedSpans {
  /** Row in the table. */
  readonly row: number;
  readonly text: string;
  readonly group: string;
}

const optionalTexts = ({ table }: TrainingData, name: string): readonly (string | null)[] => {
  const column = table.columns[name];
  return column?.kind === 'text' ? column.values : [];
};

/**
 * The annotated texts of a table, without dictionary names.
 * @throws PipelineError `MISSING_COLUMN`; `INVALID_VALUE` for an annotation that does not fit its text.
 */
export function readExamples(data: TrainingData): Example[] {
  const { schema, table } = data;
  const texts = textColumn(table, 'text');
  const labels = textColumn(table, schema.label);
  const [kinds, groups] = [optionalTexts(data, 'kind'), optionalTexts(data, 'textGroup')];
  return texts.flatMap((cell, row) => {
    if (kinds[row] === 'name') return [];
    const text = cell ?? '';
    const spans = readSpans(labels[row] ?? NO_ENTITIES, row).map(({ type, start, end }) => ({ type, start, end }));
    for (const span of spans) requireSpan(text, span, row);
    return [{ row, text, group: groups[row] ?? text, ...normaliseSpans(text, spans) }];
  });
}

/** The names of the dictionary rows with their types. */
export function readNames(data: TrainingData): { readonly name: string; readonly type: string }[] {
  const kinds = optionalTexts(data, 'kind');
  const texts = textColumn(data.table, 'text');
  const labels = textColumn(data.table, data.schema.label);
  return [...kinds.keys()].flatMap((row) => {
    if (kinds[row] !== 'name') return [];
    const [span] = readSpans(labels[row] ?? NO_ENTITIES, row);
    return span ? [{ name: texts[row] ?? '', type: span.type }] : [];
  });
}

/** Remarks on annotations that were read otherwise than they were written. */
export function annotationRemarks(examples: readonly Example[]): string[] {
  const total = (field: 'cut' | 'repeated' | 'overlapping'): number => sum(examples.map((example) => example[field]));
  const remarks: readonly (readonly [count: number, what: string])[] = [
    [total('cut'), 'had blanks at an end, which were cut off'],
    [total('repeated'), 'repeated another or covered blanks only: left out'],
    [total('overlapping'), 'overlapped another: of two the one that starts first is kept, then the longer'],
  ];
  const all = sum(examples.map(({ spans, repeated, overlapping }) => spans.length + repeated + overlapping));
  return remarks.filter(([count]) => count > 0).map(([count, what]) => `${count} of ${all} annotations ${what}`);
}

/** Fewer texts cannot be cross-validated. */
const MINIMUM_TEXTS = 30;

/** Checks that a model can be trained. @throws PipelineError `TOO_FEW_ROWS`; `SINGLE_CLASS` without any entity. */
export function requireLearnable(examples: readonly Example[], line: string): void {
  requireAtLeast('texts to learn from', examples.length, MINIMUM_TEXTS, { line });
  if (examples.every(({ spans }) => spans.length === 0))
    throw new PipelineError('SINGLE_CLASS', 'no text has an entity, so there is nothing to learn', { line });
}
