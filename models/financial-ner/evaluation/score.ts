import type { TrainingData } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { comparisonOf } from '../../../learning/evaluation/comparison.js';
import {
  expectedCalibrationError,
  FEWEST_RESAMPLED,
  notMeasurable,
  resampledUncertainty,
  type Sample,
} from '../../../learning/evaluation/metrics/index.js';
import {
  f1Of,
  pairedSpanInterval,
  precisionOf,
  recallOf,
  spanInterval,
  sumSpans,
  type SpanBootstrap,
  type SpanCounts,
} from '../../../learning/evaluation/metrics/spans.js';
import { predictInBatches } from '../../../learning/evaluation/predict-in-batches.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { textColumn } from '../../../learning/table.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import { readSpans, writeConfidentSpans, writeSpans, type ConfidentSpan } from '../data/annotations.js';
import { readExamples, type Example } from '../data/examples.js';
import { fewNamesNotes } from './few-names.js';
import type { NerPredictor } from '../prediction/predictor.js';
import { evaluationPlots } from './plots.js';
import { countsOf, ofType, scoredConfidences, type ScoredText } from './scored-text.js';
import { slices } from './slices.js';

/** Metric of gates and comparisons: micro F1 of exact spans and types. */
export const PRIMARY_METRIC = 'f1';

/** Texts per batch while a holdout is scored. */
const BATCH_TEXTS = 512;

/** Groups by number in the order of their first text; a group's name may be a customer's text. */
function groupNumbers(groups: readonly string[]): string[] {
  const numbers = new Map<string, number>();
  for (const group of groups) if (!numbers.has(group)) numbers.set(group, numbers.size);
  return groups.map((group) => String(numbers.get(group)));
}

/** The scored table: annotated and predicted entities of each text, and the number of its group. */
export function scoredTable(
  truth: readonly { readonly spans: readonly Span[]; readonly group: string }[],
  predicted: readonly (readonly ConfidentSpan[])[],
): Table {
  const text = (values: string[]) => ({ kind: 'text', values }) as const;
  return {
    rowCount: truth.length,
    columns: {
      truth: text(truth.map(({ spans }) => writeSpans(spans))),
      predicted: text(predicted.map(writeConfidentSpans)),
      group: text(groupNumbers(truth.map(({ group }) => group))),
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
 * Groups to resample: those of the table (documents, templates, given groups). Fewer than five say too little of other
 * groups, and tables of older versions have none; then each text stands for itself.
 */
function resampledGroups(table: Table): readonly string[] | undefined {
  if (table.columns['group'] === undefined) return undefined;
  const groups = textColumn(table, 'group').map((group) => group ?? '');
  return new Set(groups).size >= FEWEST_RESAMPLED ? groups : undefined;
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

/** How many texts or groups with entities an interval is drawn from. */
function sampleOf(counts: readonly SpanCounts[], groups: readonly string[] | undefined): Sample {
  const measured = [...counts.keys()].filter((i) => counts[i]!.wanted + counts[i]!.found > 0);
  if (groups === undefined) return { size: measured.length, of: 'texts with entities' };
  return { size: new Set(measured.map((i) => groups[i])).size, of: 'groups of texts with entities' };
}

/** Measures all texts together, with intervals; `f1` is the primary metric. */
function spanMeasures(texts: readonly ScoredText[], bootstrap: SpanBootstrap) {
  const counts = countsOf(texts);
  const total = sumSpans(counts);
  const sample = sampleOf(counts, bootstrap.groups);
  const withInterval = (name: string, measure: (counts: SpanCounts) => number, n: number): Metric => {
    if (n === 0) return notMeasurable(name, 'higher', 'no entity was predicted');
    const uncertainty = resampledUncertainty(sample, () => spanInterval(counts, measure, bootstrap));
    return { name, value: measure(total), direction: 'higher', n, ...uncertainty };
  };
  return {
    f1: () => withInterval(PRIMARY_METRIC, f1Of, total.wanted),
    precision: () => withInterval('precision', precisionOf, total.found),
    recall: () => withInterval('recall', recallOf, total.wanted),
  };
}

function metrics(texts: readonly ScoredText[], bootstrap: SpanBootstrap): Metric[] {
  const { f1, precision, recall } = spanMeasures(texts, bootstrap);
  const f1ByType = typesOf(texts).map((type) => f1Of(sumSpans(countsOf(ofType(texts, type)))));
  return [
    f1(),
    precision(),
    recall(),
    { name: 'macroF1', value: mean(f1ByType), direction: 'higher', n: f1ByType.length },
    calibrationMetric(texts),
  ];
}

/** Documents or other groups of the held-out texts, if they are known. */
function groupsNote(examples: readonly Example[]): string[] {
  const [groups, texts] = [
    new Set(examples.map(({ group }) => group)).size,
    new Set(examples.map(({ text }) => text.trim().toLowerCase())).size,
  ];
  if (groups === texts) return ['documents or sources are not known: texts of another one may score lower'];
  if (groups >= FEWEST_RESAMPLED) return [];
  return [
    `the held-out texts are of ${groups} document${groups === 1 ? '' : 's'} or groups only: another one may score lower`,
  ];
}

function notesOf(texts: readonly ScoredText[], holdout: TrainingData): string[] {
  const entities = sum(texts.map(({ truth }) => truth.length));
  const examples = readExamples(holdout);
  return [
    `${texts.length} held-out texts with ${entities} annotated entities`,
    ...groupsNote(examples),
    ...fewNamesNotes(examples),
  ];
}

function bootstrapOf(table: Table, { seed }: ComputeContext): SpanBootstrap {
  const groups = resampledGroups(table);
  return { seed, ...(groups !== undefined && { groups }) };
}

/** @throws PipelineError `SINGLE_CLASS` when no text has an annotated entity. */
function requireEntities(texts: readonly ScoredText[]): readonly ScoredText[] {
  if (texts.some(({ truth }) => truth.length > 0)) return texts;
  throw new PipelineError('SINGLE_CLASS', `none of ${texts.length} held-out texts has an entity`);
}

/** @throws PipelineError `SINGLE_CLASS` when no text has an annotated entity. */
export const measurePrimary = (table: Table, _holdout: TrainingData, context: ComputeContext): Metric =>
  spanMeasures(requireEntities(readScored(table)), bootstrapOf(table, context)).f1();

/**
 * Evaluates a scored table: micro F1 of exact spans and types, precision, recall, macro F1 and calibration error; slices
 * by type, kind of text and language; confusion, reliability and quality by type as plots.
 * @throws PipelineError `SINGLE_CLASS` when no text has an annotated entity.
 */
export function evaluate(table: Table, holdout: TrainingData, context: ComputeContext): Evaluation {
  const texts = requireEntities(readScored(table));
  return {
    metrics: metrics(texts, bootstrapOf(table, context)),
    slices: slices(texts, typesOf(texts), holdout),
    plots: evaluationPlots(texts, typesOf(texts)),
    notes: notesOf(texts, holdout),
  };
}

/** Compares micro F1 of two models on the same texts by a paired bootstrap over their groups. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const [own, others] = [countsOf(readScored(challenger)), countsOf(readScored(other))];
  return comparisonOf({
    against,
    metric: PRIMARY_METRIC,
    challenger: f1Of(sumSpans(own)),
    other: f1Of(sumSpans(others)),
    interval: pairedSpanInterval(own, others, f1Of, bootstrapOf(challenger, context)),
    n: own.length,
  });
}
