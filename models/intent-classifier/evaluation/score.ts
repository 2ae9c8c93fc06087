import type { TrainingData } from '../../../contracts/dataset.js';
import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import {
  calibrationBins,
  classScores,
  labelScores,
  microF1,
  pairedAccuracy,
  rocAuc,
  notMeasurable,
  proportion,
  type ClassScore,
} from '../../../learning/evaluation/metrics/index.js';
import { predictInBatches } from '../../../learning/evaluation/predict-in-batches.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import { readExamples } from '../data/examples.js';
import { isMultiLabel, isOutOfScope, joinLabels, parseLabels } from '../data/label-set.js';
import { evaluationPlots } from './plots.js';
import type { IntentPredictor, Message } from '../prediction/predictor.js';
import { slices } from './slices.js';

/** Metric of gates and comparisons. */
export const PRIMARY_METRIC = 'accuracy';

/** Messages per batch while a holdout is scored. */
const BATCH_ROWS = 512;
/** Bins of the expected calibration error, as in the literature (ECE-15). */
const CALIBRATION_BINS = 15;

/** Held-out messages with their answers. */
export interface ScoredRows {
  readonly truth: readonly string[];
  /** Most probable intent, before rejection; multi-label: the accepted intents. */
  readonly predicted: readonly string[];
  /** Intent after rejection. */
  readonly answered: readonly string[];
  readonly confidence: Float64Array;
  readonly outOfScopeScore: Float64Array;
  /** 0 for an out-of-scope message when the model has no class for them, else 1. Stored as column `judged`. */
  readonly evaluated: Float64Array;
}

/** Predicts the answer of every held-out message. */
export async function score(
  predictor: IntentPredictor,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const examples = readExamples(holdout);
  const messages = examples.map(({ text }) => ({ text }));
  const judging = { predict: (inputs: readonly Message[]) => predictor.judge(inputs) };
  const judgements = await predictInBatches(judging, messages, context, BATCH_ROWS);
  const hasOutOfScopeClass = predictor.decision.classes.some(isOutOfScope);
  return scoredTable({
    truth: examples.map(({ intents }) => joinLabels(intents)),
    predicted: judgements.map(({ top }) => top.intent),
    answered: judgements.map(({ answer }) => answer.intent),
    confidence: Float64Array.from(judgements, ({ top }) => top.probability),
    outOfScopeScore: Float64Array.from(judgements, ({ answer }) => answer.outOfScope.score),
    evaluated: Float64Array.from(examples, ({ outOfScope }) => Number(!outOfScope || hasOutOfScopeClass)),
  });
}

/** The scored table. */
export const scoredTable = (rows: ScoredRows): Table => ({
  rowCount: rows.truth.length,
  columns: {
    truth: { kind: 'text', values: rows.truth },
    predicted: { kind: 'text', values: rows.predicted },
    answered: { kind: 'text', values: rows.answered },
    confidence: { kind: 'number', values: rows.confidence },
    outOfScopeScore: { kind: 'number', values: rows.outOfScopeScore },
    judged: { kind: 'number', values: rows.evaluated },
  },
});

const names = (table: Table, column: string): string[] => textColumn(table, column).map((name) => name ?? '');

const readScored = (table: Table): ScoredRows => ({
  truth: names(table, 'truth'),
  predicted: names(table, 'predicted'),
  answered: names(table, 'answered'),
  confidence: numberColumn(table, 'confidence'),
  outOfScopeScore: numberColumn(table, 'outOfScopeScore'),
  evaluated: numberColumn(table, 'judged'),
});

/** The rows that count for accuracy: those with `evaluated` 1. */
function evaluatedRows({ truth, predicted, confidence, evaluated }: ScoredRows) {
  const kept = [...evaluated.keys()].filter((row) => evaluated[row] === 1);
  return {
    truth: kept.map((row) => truth[row]!),
    predicted: kept.map((row) => predicted[row]!),
    confidence: kept.map((row) => confidence[row]!),
  };
}

type EvaluatedRows = ReturnType<typeof evaluatedRows>;

/** 1 where the prediction is correct, else 0. */
const correctness = ({ truth, predicted }: Pick<EvaluatedRows, 'truth' | 'predicted'>): number[] =>
  truth.map((name, row) => Number(name === predicted[row]));

function calibrationError(rows: EvaluatedRows): number {
  const correct = correctness(rows);
  const bins = calibrationBins(correct, rows.confidence, CALIBRATION_BINS);
  return sum(bins.map(({ n, predicted, observed }) => (n * Math.abs(predicted - observed)) / correct.length));
}

const share = (name: string, hits: number, rows: number, direction: Metric['direction'] = 'higher'): Metric =>
  proportion({ name, hits, rows, direction, none: 'no held-out message of that kind' });

function multiLabelMetrics(rows: EvaluatedRows): Metric[] {
  const [truth, predicted] = [rows.truth.map(parseLabels), rows.predicted.map(parseLabels)];
  const found = truth.flatMap((labels, row) => labels.map((label) => predicted[row]!.includes(label)));
  const value = microF1(truth, predicted);
  const micro: Metric =
    value === null
      ? notMeasurable('microF1', 'higher', 'no message has an intent')
      : { name: 'microF1', value, direction: 'higher', n: truth.length };
  return [micro, share('labelRecall', found.filter(Boolean).length, found.length)];
}

const countTrue = (flags: readonly boolean[]): number => flags.filter(Boolean).length;

/**
 * What a caller gets after rejection: the share of in-scope messages that are answered, and the share of the answers,
 * those to out-of-scope messages included, that are right.
 */
function answerMetrics({ truth, answered }: Pick<ScoredRows, 'truth' | 'answered'>): Metric[] {
  const isAnswered = answered.map((name) => !isOutOfScope(name));
  const inScope = truth.map((name) => !isOutOfScope(name));
  const right = countTrue(isAnswered.map((one, row) => one && answered[row] === truth[row]));
  const [inScopeCount, answers] = [countTrue(inScope), countTrue(isAnswered)];
  const covered = countTrue(isAnswered.map((one, row) => one && inScope[row]!));
  return [share('coverage', covered, inScopeCount), share('answeredAccuracy', right, answers)];
}

function outOfScopeMetrics({ truth, answered, outOfScopeScore }: ScoredRows): Metric[] {
  const outOfScope = truth.map((name) => isOutOfScope(name));
  const outOfScopeCount = countTrue(outOfScope);
  if (outOfScopeCount === 0 || outOfScopeCount === truth.length) return [];
  const rejected = countTrue(outOfScope.map((one, row) => one && isOutOfScope(answered[row]!)));
  const auroc = rocAuc(outOfScope.map(Number), outOfScopeScore);
  return [
    share('outOfScopeRecall', rejected, outOfScopeCount),
    { name: 'outOfScopeAuroc', value: auroc, direction: 'higher', n: truth.length },
  ];
}

/** Precision, recall and F1 of each intent; in multi-label tasks as one binary task per intent. */
const intentScores = ({ truth, predicted }: EvaluatedRows, multiLabel: boolean): ClassScore[] =>
  multiLabel ? labelScores(truth.map(parseLabels), predicted.map(parseLabels)) : classScores({ truth, predicted });

function metrics(rows: ScoredRows, evaluated: EvaluatedRows, multiLabel: boolean): Metric[] {
  const n = evaluated.truth.length;
  const f1 = intentScores(evaluated, multiLabel).map((score) => score.f1);
  return [
    share(PRIMARY_METRIC, sum(correctness(evaluated)), n),
    { name: 'macroF1', value: mean(f1), direction: 'higher', n },
    { name: 'expectedCalibrationError', value: calibrationError(evaluated), direction: 'lower', n },
    ...(multiLabel ? multiLabelMetrics(evaluated) : [...answerMetrics(rows), ...outOfScopeMetrics(rows)]),
  ];
}

function notes(rows: ScoredRows, evaluated: EvaluatedRows, multiLabel: boolean): string[] {
  const outOfScope = rows.truth.length - evaluated.truth.length;
  const intents = new Set(evaluated.truth.flatMap(parseLabels)).size;
  return [
    `${evaluated.truth.length} held-out messages of ${intents} intents`,
    ...(outOfScope > 0 ? [`${outOfScope} more are out of scope: they count for rejection, not for accuracy`] : []),
    multiLabel
      ? 'several intents a message: accuracy is the share of messages with exactly the right ones'
      : 'accuracy counts the most probable intent, before out-of-scope rejection; coverage is the share of in-scope messages answered, answeredAccuracy the share of answers that are right',
  ];
}

/**
 * Evaluates a scored table: accuracy (Wilson interval), macro F1, calibration error in 15 bins; coverage and accuracy
 * of the answers, out-of-scope recall and AUROC, or micro F1 in multi-label tasks; the weakest intents and languages as slices; confusion matrix and reliability
 * as plots.
 * @throws PipelineError `TOO_FEW_ROWS` when no held-out message has an intent.
 */
export function evaluate(table: Table, holdout: TrainingData): Evaluation {
  const rows = readScored(table);
  const evaluated = evaluatedRows(rows);
  const multiLabel = isMultiLabel([...rows.truth, ...rows.predicted]);
  return {
    metrics: metrics(rows, evaluated, multiLabel),
    slices: slices({ ...evaluated, kept: [...rows.evaluated] }, intentScores(evaluated, multiLabel), holdout),
    plots: evaluationPlots(evaluated, correctness(evaluated), multiLabel),
    notes: notes(rows, evaluated, multiLabel),
  };
}

/** Compares the accuracy of two models on the messages that both evaluate, with the paired interval. */
export function compare(challenger: Table, other: Table, against: Comparison['against']): Comparison {
  const [own, others] = [readScored(challenger), readScored(other)];
  const evaluated = own.evaluated.map((one, row) => Math.min(one, others.evaluated[row]!));
  const correctOf = (rows: ScoredRows): number[] => correctness(evaluatedRows({ ...rows, evaluated }));
  const [first, second] = [correctOf(own), correctOf(others)];
  const n = first.length;
  return {
    against,
    metric: PRIMARY_METRIC,
    challenger: sum(first) / n,
    other: sum(second) / n,
    ...pairedAccuracy(first, second),
    n,
  };
}
