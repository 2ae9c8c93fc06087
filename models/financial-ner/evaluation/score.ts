import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { comparisonOf } from '../../../learning/evaluation/comparison.js';
import {
  expectedCalibrationError,
  notMeasurable,
  resampledUncertainty,
} from '../../../learning/evaluation/metrics/index.js';
import {
  f1Of,
  pairedSpanInterval,
  precisionOf,
  recallOf,
  spanInterval,
  sumSpans,
  type SpanCounts,
} from '../../../learning/evaluation/metrics/spans.js';
import { predictInBatches } from '../../../learning/evaluation/predict-in-batches.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { textColumn } from '../../../learning/table.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import { readSpans, writeConfidentSpans, writeSpans, type ConfidentSpan } from '../data/annotations.js';
import { readExamples } from '../data/examples.js';
import { fewNamesNotes } from './few-names.js';
import type { NerPredictor } from '../prediction/predictor.js';
import { evaluationPlots } from './plots.js';
import { countsOf, ofType, scoredConfidences, type ScoredText } from './scored-text.js';
import { slices } from './slices.js';

/** Metric of gates and comparisons: micro F1 of exact spans and types. */
export const PRIMARY_METRIC = 'f1';

/** Texts per batch while a holdout is scored. */
const BATCH_TEXTS = 512;

/** The scored table: annotated and predicted entities of each text. */
export function scoredTable(
  truth: readonly { readonly spans: readonly Span[] }[],
  predicted: readonly (readonly ConfidentSpan[])[],
): Table {
  const text = (values: string[]) => ({ kind: 'text', values }) as const;
  return {
    rowCount: truth.length,
    columns: {
      truth: text(truth.map(({ spans }) => writeSpans(spans))),
      predicted: text(predicted.map(writeConfidentSpans)),
    },
  };
}

function readScored(table: Table): ScoredText[] {
  const [truth, predicted] = [textColumn(table, 'truth'), textColumn(table, 'predicted')];
  return truth.map((cell, row) => ({
    truth: readSpans(cell ?? '', row),
    predicted: readSpans(predicted[row] ?? '', row),
  }));
}

/**
 * Predicts the entities of every held-out text. Entities of types without training annotations, which rules find, are
 * left out, because the holdout does not annotate them.
 */
export async function score(predictor: NerPredictor, holdout: TrainingData, context: ComputeContext): Promise<Table> {
  const examples = readExamples(holdout);
  const types = new Set(predictor.types);
  const requests = examples.map(({ text }) => ({ text }));
  const answers = await predictInBatches(predictor, requests, context, BATCH_TEXTS);
  const predicted = answers.map(({ entities }) => entities.filter(({ type }) => types.has(type)));
  return scoredTable(examples, predicted);
}

const typesOf = (texts: readonly ScoredText[]): string[] =>
  [...new Set(texts.flatMap(({ truth, predicted }) => [...truth, ...predicted].map(({ type }) => type)))].sort();

function calibrationMetric(texts: readonly ScoredText[]): Metric {
  const name = 'expectedCalibrationError';
  const { labels, scores } = scoredConfidences(texts);
  if (labels.length === 0) return notMeasurable(name, 'lower', 'no entity was predicted');
  return { name, value: expectedCalibrationError(labels, scores), direction: 'lower', n: labels.length };
}

function metrics(texts: readonly ScoredText[], seed: number): Metric[] {
  const counts = countsOf(texts);
  const total = sumSpans(counts);
  const f1ByType = typesOf(texts).map((type) => f1Of(sumSpans(countsOf(ofType(texts, type)))));
  const size = { size: counts.filter(({ wanted, found }) => wanted + found > 0).length, of: 'texts with entities' };
  const withInterval = (name: string, measure: (counts: SpanCounts) => number, n: number): Metric => {
    if (n === 0) return notMeasurable(name, 'higher', 'no entity was predicted');
    const uncertainty = resampledUncertainty(size, () => spanInterval(counts, measure, { seed }));
    return { name, value: measure(total), direction: 'higher', n, ...uncertainty };
  };
  return [
    withInterval(PRIMARY_METRIC, f1Of, total.wanted),
    withInterval('precision', precisionOf, total.found),
    withInterval('recall', recallOf, total.wanted),
    { name: 'macroF1', value: mean(f1ByType), direction: 'higher', n: f1ByType.length },
    calibrationMetric(texts),
  ];
}

function notesOf(texts: readonly ScoredText[], holdout: TrainingData): string[] {
  const entities = sum(texts.map(({ truth }) => truth.length));
  return [
    `${texts.length} held-out texts with ${entities} annotated entities`,
    ...fewNamesNotes(readExamples(holdout)),
  ];
}

/**
 * Evaluates a scored table: micro F1 of exact spans and types, precision, recall, macro F1 and calibration error; slices
 * by type, kind of text and language; confusion, reliability and quality by type as plots.
 * @throws PipelineError `SINGLE_CLASS` when no text has an annotated entity.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const texts = readScored(table);
  if (texts.every(({ truth }) => truth.length === 0))
    throw new PipelineError('SINGLE_CLASS', `none of ${texts.length} held-out texts has an entity`);
  return {
    metrics: metrics(texts, context.seed),
    slices: slices(texts, typesOf(texts), holdout),
    plots: evaluationPlots(texts, typesOf(texts)),
    notes: notesOf(texts, holdout),
  };
}

/** Compares micro F1 of two models on the same texts by a paired bootstrap over texts. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  { seed }: ComputeContext,
): Comparison {
  const [own, others] = [countsOf(readScored(challenger)), countsOf(readScored(other))];
  return comparisonOf({
    against,
    metric: PRIMARY_METRIC,
    challenger: f1Of(sumSpans(own)),
    other: f1Of(sumSpans(others)),
    interval: pairedSpanInterval(own, others, f1Of, { seed }),
    n: own.length,
  });
}
