import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { expectedCalibrationError } from '../../../learning/evaluation/metrics/index.js';
import {
  countSpans,
  f1Of,
  pairedSpanInterval,
  precisionOf,
  recallOf,
  spanInterval,
  sumSpans,
  type SpanCounts,
} from '../../../learning/evaluation/metrics/spans.js';
import { textColumn } from '../../../learning/table.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import { readSpans, writeConfidentSpans, writeSpans, type ConfidentSpan } from '../data/annotations.js';
import { readExamples } from '../data/examples.js';
import { judgedConfidences, type JudgedText } from './scored-text.js';
import { evaluationPlots } from './plots.js';
import type { NerPredictor } from '../prediction/predictor.js';
import { slices } from './slices.js';

/** The measure that gates and comparisons read: micro F1 of exact spans and types. */
export const PRIMARY_METRIC = 'f1';

/** Texts tagged at once while a holdout is scored. */
const BATCH_TEXTS = 512;

/** Truth and prediction a row. */
export function scoredTable(
  truth: readonly { readonly spans: readonly Span[] }[],
  found: readonly (readonly ConfidentSpan[])[],
): Table {
  const text = (values: (string | null)[]) => ({ kind: 'text', values }) as const;
  return {
    rowCount: truth.length,
    columns: {
      truth: text(truth.map(({ spans }) => writeSpans(spans))),
      predicted: text(found.map(writeConfidentSpans)),
    },
  };
}

function readScored(table: Table): JudgedText[] {
  const [truth, predicted] = [textColumn(table, 'truth'), textColumn(table, 'predicted')];
  return truth.map((cell, row) => ({
    wanted: readSpans(cell ?? '', row),
    found: readSpans(predicted[row] ?? '', row),
  }));
}

/**
 * Entities of every held-out text, through the predictor that serves. Types that training does not know are found by
 * rule alone and not annotated, so they are not judged.
 */
export async function score(predictor: NerPredictor, holdout: TrainingData, context: ComputeContext): Promise<Table> {
  const examples = readExamples(holdout);
  const types = new Set(predictor.types);
  const found: ConfidentSpan[][] = [];
  for (let start = 0; start < examples.length; start += BATCH_TEXTS) {
    context.signal.throwIfAborted();
    const answers = await predictor.predict(examples.slice(start, start + BATCH_TEXTS).map(({ text }) => ({ text })));
    for (const { entities } of answers) found.push(entities.filter(({ type }) => types.has(type)));
    context.onProgress({ stage: 'scoring', done: found.length, total: examples.length });
  }
  return scoredTable(examples, found);
}

const countsOf = (judged: readonly JudgedText[]): SpanCounts[] =>
  judged.map(({ found, wanted }) => countSpans(found, wanted));

const typesOf = (judged: readonly JudgedText[]): string[] =>
  [...new Set(judged.flatMap(({ wanted, found }) => [...wanted, ...found].map(({ type }) => type)))].sort();

const ofType = (judged: readonly JudgedText[], type: string): JudgedText[] =>
  judged.map(({ wanted, found }) => ({
    wanted: wanted.filter((span) => span.type === type),
    found: found.filter((span) => span.type === type),
  }));

function metrics(judged: readonly JudgedText[], seed: number): Metric[] {
  const counts = countsOf(judged);
  const sum = sumSpans(counts);
  const perType = typesOf(judged).map((type) => f1Of(sumSpans(countsOf(ofType(judged, type)))));
  const macro = perType.reduce((total, value) => total + value, 0) / Math.max(1, perType.length);
  const { labels, scores } = judgedConfidences(judged);
  const measured = (name: string, measure: (sum: SpanCounts) => number, n: number): Metric => {
    const interval = spanInterval(counts, measure, { seed });
    return { name, value: measure(sum), direction: 'higher', n, interval };
  };
  return [
    measured(PRIMARY_METRIC, f1Of, sum.wanted),
    measured('precision', precisionOf, sum.found),
    measured('recall', recallOf, sum.wanted),
    { name: 'macroF1', value: macro, direction: 'higher', n: perType.length },
    {
      name: 'expectedCalibrationError',
      value: labels.length === 0 ? 0 : expectedCalibrationError(labels, scores),
      direction: 'lower',
      n: labels.length,
    },
  ];
}

function notesOf(judged: readonly JudgedText[]): string[] {
  const entities = judged.reduce((sum, { wanted }) => sum + wanted.length, 0);
  return [`${judged.length} held-out texts with ${entities} annotated entities`];
}

/**
 * Micro F1 of exact spans and types first, then precision, recall, macro F1 and calibration error; the same by type,
 * kind of text and language; confusion of types and reliability as plots.
 * @throws PipelineError `TOO_FEW_ROWS` when there is no text; `SINGLE_CLASS` when none has an entity.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const judged = readScored(table);
  if (judged.every(({ wanted }) => wanted.length === 0))
    throw new PipelineError('SINGLE_CLASS', `none of ${judged.length} held-out texts has an entity`);
  return {
    metrics: metrics(judged, context.seed),
    slices: slices(judged, typesOf(judged), holdout),
    plots: evaluationPlots(judged, typesOf(judged)),
    notes: notesOf(judged),
  };
}

/** Micro F1 of two models on the same texts: paired bootstrap over texts. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const [ours, theirs] = [countsOf(readScored(challenger)), countsOf(readScored(other))];
  const interval = pairedSpanInterval(ours, theirs, f1Of, { seed: context.seed });
  const [first, second] = [f1Of(sumSpans(ours)), f1Of(sumSpans(theirs))];
  return {
    against,
    metric: PRIMARY_METRIC,
    challenger: first,
    other: second,
    difference: first - second,
    interval,
    n: ours.length,
  };
}
