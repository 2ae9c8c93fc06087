import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { textColumn } from '../../../learning/table.js';
import { requireSpan, type Span } from '../../../learning/text/sequence-tagging/index.js';
import { NO_ENTITIES, readSpans } from './annotations.js';
import { requireAtLeast } from '../../../learning/checks.js';

/** A text with its annotated spans. */
export interface Example {
  /** Row in the table. */
  readonly row: number;
  readonly text: string;
  readonly spans: readonly Span[];
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
    return [{ row, text, spans, group: groups[row] ?? text }];
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

/** Fewer texts cannot be cross-validated. */
const MINIMUM_TEXTS = 30;

/** Checks that a model can be trained. @throws PipelineError `TOO_FEW_ROWS`; `SINGLE_CLASS` without any entity. */
export function requireLearnable(examples: readonly Example[], line: string): void {
  requireAtLeast('texts to learn from', examples.length, MINIMUM_TEXTS, { line });
  if (examples.every(({ spans }) => spans.length === 0))
    throw new PipelineError('SINGLE_CLASS', 'no text has an entity, so there is nothing to learn', { line });
}
