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
  shareInterval,
  type ClassScore,
} from '../../../learning/evaluation/metrics/index.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import type { Answer } from '../prediction/decision.js';
import { readExamples } from '../data/examples.js';
import { hasSeveral, isOutOfScope, joinLabels, parseLabels } from '../data/label-set.js';
import { evaluationPlots } from './plots.js';
import type { IntentPredictor } from '../prediction/predictor.js';
import { slices } from './slices.js';

/** The measure that gates and comparisons read. */
export const PRIMARY_METRIC = 'accuracy';

/** Messages in one call while a holdout is scored; lets cancellation through. */
const BATCH_ROWS = 512;
/** Bands of the calibration error, as the peers count it (ECE-15). */
const BANDS = 15;

/** Held-out messages as they were answered. */
export interface ScoredRows {
  readonly truth: readonly string[];
  /** Most probable intent(s), before rejection. */
  readonly predicted: readonly string[];
  /** Intent after rejection. */
  readonly answered: readonly string[];
  readonly confidence: Float64Array;
  readonly outOfScopeScore: Float64Array;
  /** 0 for a message that is out of scope for a model that learned no such class: it has no right intent. */
  readonly judged: Float64Array;
}

/** Answers of every held-out message, through the predictor that serves. */
export async function score(
  predictor: IntentPredictor,
  holdout: TrainingData,
  context: ComputeContext,
): Promise<Table> {
  const examples = readExamples(holdout);
  const answers: Answer[] = [];
  for (let start = 0; start < examples.length; start += BATCH_ROWS) {
    context.signal.throwIfAborted();
    const batch = examples.slice(start, start + BATCH_ROWS);
    answers.push(...(await predictor.predict(batch.map(({ text }) => ({ text })))));
    context.onProgress({ stage: 'scoring', done: answers.length, total: examples.length });
  }
  const { several, classes } = predictor.decision;
  const knowsStrangers = classes.some(isOutOfScope);
  const judged = (stranger: boolean): number => Number(!stranger || knowsStrangers);
  const top = ({ intents, candidates }: Answer): string =>
    several ? joinLabels(intents.map(({ intent }) => intent)) : candidates[0]!.intent;
  return asTable({
    truth: examples.map(({ intents }) => joinLabels(intents)),
    predicted: answers.map(top),
    answered: answers.map(({ intent }) => intent),
    confidence: Float64Array.from(answers, ({ confidence }) => confidence),
    outOfScopeScore: Float64Array.from(answers, ({ outOfScopeScore }) => outOfScopeScore),
    judged: Float64Array.from(examples, ({ outOfScope }) => judged(outOfScope)),
  });
}

/** Rows as the table that is stored. */
export const asTable = (rows: ScoredRows): Table => ({
  rowCount: rows.truth.length,
  columns: {
    truth: { kind: 'text', values: rows.truth },
    predicted: { kind: 'text', values: rows.predicted },
    answered: { kind: 'text', values: rows.answered },
    confidence: { kind: 'number', values: rows.confidence },
    outOfScopeScore: { kind: 'number', values: rows.outOfScopeScore },
    judged: { kind: 'number', values: rows.judged },
  },
});

const names = (table: Table, column: string): string[] => textColumn(table, column).map((name) => name ?? '');

const asRows = (table: Table): ScoredRows => ({
  truth: names(table, 'truth'),
  predicted: names(table, 'predicted'),
  answered: names(table, 'answered'),
  confidence: numberColumn(table, 'confidence'),
  outOfScopeScore: numberColumn(table, 'outOfScopeScore'),
  judged: numberColumn(table, 'judged'),
});

/** Truth and prediction of the rows that have a right intent. */
function judgedRows({ truth, predicted, confidence, judged }: ScoredRows) {
  const kept = [...judged.keys()].filter((row) => judged[row] === 1);
  return {
    truth: kept.map((row) => truth[row]!),
    predicted: kept.map((row) => predicted[row]!),
    confidence: kept.map((row) => confidence[row]!),
  };
}

type Judged = ReturnType<typeof judgedRows>;

/** 1 where the prediction is right. */
const rightOf = ({ truth, predicted }: Pick<Judged, 'truth' | 'predicted'>): number[] =>
  truth.map((name, row) => Number(name === predicted[row]));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function calibrationError(judged: Judged): number {
  const right = rightOf(judged);
  const bands = calibrationBins(right, judged.confidence, BANDS);
  return sum(bands.map(({ n, predicted, observed }) => (n * Math.abs(predicted - observed)) / right.length));
}

const share = (name: string, right: number, n: number, direction: Metric['direction'] = 'higher'): Metric => ({
  name,
  value: right / n,
  direction,
  n,
  interval: shareInterval(right, n),
});

function severalMetrics({ truth, predicted }: Judged): Metric[] {
  const [wanted, found] = [truth.map(parseLabels), predicted.map(parseLabels)];
  const pairs = wanted.flatMap((labels, row) => labels.map((label) => [label, found[row]!.includes(label)] as const));
  const n = truth.length;
  const recalled = pairs.filter(([, hit]) => hit).length;
  const micro: Metric = { name: 'microF1', value: microF1(wanted, found), direction: 'higher', n };
  return pairs.length === 0 ? [micro] : [micro, share('labelRecall', recalled, pairs.length)];
}

function strangerMetrics({ truth, answered, outOfScopeScore }: ScoredRows): Metric[] {
  const strange = truth.map((name) => isOutOfScope(name));
  const strangers = strange.filter(Boolean).length;
  const turned = (row: number): boolean => isOutOfScope(answered[row]!);
  const count = (wanted: boolean): number => strange.filter((one, row) => one === wanted && turned(row)).length;
  const inScope = truth.length - strangers;
  const rejected = inScope > 0 ? [share('inScopeRejected', count(false), inScope, 'lower')] : [];
  if (strangers === 0 || inScope === 0) return rejected;
  const auroc = rocAuc(strange.map(Number), outOfScopeScore);
  const recall = share('outOfScopeRecall', count(true), strangers);
  return [recall, { name: 'outOfScopeAuroc', value: auroc, direction: 'higher', n: truth.length }, ...rejected];
}

/** Of each intent; where messages have several, each is a question of its own. */
const scoresOf = (judged: Judged, several: boolean): ClassScore[] =>
  several ? labelScores(judged.truth.map(parseLabels), judged.predicted.map(parseLabels)) : classScores(judged);

function metrics(rows: ScoredRows, judged: Judged, several: boolean): Metric[] {
  const n = judged.truth.length;
  const scores = scoresOf(judged, several);
  const macro = sum(scores.map(({ f1 }) => f1)) / Math.max(1, scores.length);
  return [
    share(PRIMARY_METRIC, sum(rightOf(judged)), n),
    { name: 'macroF1', value: macro, direction: 'higher', n },
    { name: 'expectedCalibrationError', value: calibrationError(judged), direction: 'lower', n },
    ...(several ? severalMetrics(judged) : strangerMetrics(rows)),
  ];
}

function notes(rows: ScoredRows, judged: Judged, several: boolean): string[] {
  const strangers = rows.truth.length - judged.truth.length;
  const intents = new Set(judged.truth.flatMap(parseLabels)).size;
  const facts = `${judged.truth.length} held-out messages of ${intents} intents`;
  const beside =
    strangers > 0 ? [`${strangers} more are out of scope: they count for rejection, not for accuracy`] : [];
  const exact = ['several intents a message: accuracy is the share of messages with exactly the right ones'];
  const counted = several ? exact : ['accuracy counts the most probable intent, before out-of-scope rejection'];
  return [facts, ...beside, ...counted];
}

/**
 * Accuracy first (Wilson interval), macro F1, calibration error in 15 bands, out-of-scope recall and AUROC, or micro F1
 * where messages have several intents (F1 is then that of each intent alone); the weakest intents as slices; confusion matrix and reliability as plots.
 * @throws PipelineError `TOO_FEW_ROWS` when no held-out message has an intent.
 */
export function evaluate(table: Table, holdout: TrainingData): Evaluation {
  const rows = asRows(table);
  const judged = judgedRows(rows);
  const several = hasSeveral([...rows.truth, ...rows.predicted]);
  return {
    metrics: metrics(rows, judged, several),
    slices: slices({ ...judged, kept: [...rows.judged] }, scoresOf(judged, several), holdout),
    plots: evaluationPlots(judged, rightOf(judged), several),
    notes: notes(rows, judged, several),
  };
}

/** Accuracy of two models on the same messages that have a right intent, with the paired interval. */
export function compare(challenger: Table, other: Table, against: Comparison['against']): Comparison {
  const [ours, theirs] = [asRows(challenger), asRows(other)];
  const both = { judged: ours.judged.map((one, row) => Math.min(one, theirs.judged[row]!)) };
  const [first, second] = [ours, theirs].map((rows) => rightOf(judgedRows({ ...rows, ...both })));
  const n = first!.length;
  return {
    against,
    metric: PRIMARY_METRIC,
    challenger: sum(first!) / n,
    other: sum(second!) / n,
    ...pairedAccuracy(first!, second!),
    n,
  };
}
