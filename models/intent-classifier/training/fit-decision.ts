import { type Calibration, fitCalibration } from '../../../learning/evaluation/calibration/calibration.js';
import { probabilitiesAt } from '../../../learning/evaluation/calibration/temperature.js';
import { rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { PreparedData } from '../data/examples.js';
import { type Decision, listMargin, outOfScopeClass, rankIntents } from '../prediction/decision.js';
import type { ScoredExample, ValidationScores } from './engine.js';
import { bestThreshold, temperatureOf } from './validation-quality.js';
import { rejectionScore, rejectionScores } from '../prediction/out-of-scope.js';

/** Used where a message has one intent, so that a threshold means nothing. */
const DEFAULT_THRESHOLD = 0.5;

/** With fewer messages the confidence of lists is not calibrated. */
const MINIMUM_CALIBRATION_MESSAGES = 30;

/**
 * Calibrates the probability of intent lists, because the intents of a message are not independent. Messages out of scope
 * have no list; counting a recognised one as a right list would make the lists of the others look more certain.
 */
function fitListCalibration(
  scored: readonly ScoredExample[],
  classes: readonly string[],
  { temperature, intentThreshold }: Pick<Decision, 'temperature' | 'intentThreshold'>,
): Decision['listCalibration'] {
  const rows = scored.filter(({ example }) => !example.outOfScope);
  if (rows.length < MINIMUM_CALIBRATION_MESSAGES) return null;
  const lists = rows.map(({ scores }) => rankIntents(classes, probabilitiesAt(scores, temperature, 'logistic')));
  const margins = lists.map((list) => listMargin(list, intentThreshold));
  const correct = rows.map(({ example }, row) => {
    const answered = lists[row]!.filter(({ probability }) => probability >= intentThreshold);
    const allTrue = answered.every(({ intent }) => example.intents.includes(intent));
    return Number(answered.length === example.intents.length && allTrue);
  });
  return fitSmoothed(margins, correct);
}

/** Beta calibration with Platt's (1999) smoothed targets (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2). */
function fitSmoothed(margins: readonly number[], correct: readonly number[]): Calibration {
  const positives = sum(correct);
  const smoothing = correct.map((one) => 1 / ((one === 1 ? positives : correct.length - positives) + 2));
  const labels = [...correct, ...correct.map((one) => 1 - one)];
  const weights = [...smoothing.map((share) => 1 - share), ...smoothing];
  return fitCalibration('beta', [...margins, ...margins], labels, weights);
}

/** Inputs of a decision. */
interface DecisionTask {
  readonly engine: Decision['engine'];
  readonly prepared: PreparedData;
  readonly rejectShare: number;
  /** By what factor the final model's highest logits are larger than the validated ones; null = not measured. */
  readonly growth: number | null;
}

/** AUC-ROC of separating out-of-scope from in-scope messages by their scores; 0 when either side is empty. */
function rejectionAuc(inScope: readonly number[], outOfScope: readonly number[]): number {
  if (inScope.length === 0 || outOfScope.length === 0) return 0;
  const labels = [...inScope.map(() => 0), ...outOfScope.map(() => 1)];
  return rocAuc(labels, [...inScope, ...outOfScope]);
}

/** The score that the given share of in-scope messages exceeds; null for no message or share 0. */
function rejectionThreshold(inScope: readonly number[], share: number): number | null {
  if (inScope.length === 0 || share === 0) return null;
  const sorted = Float64Array.from(inScope).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil((1 - share) * sorted.length) - 1)]!;
}

/**
 * The share of validation messages to reject so that the final model rejects `rejectShare`. A refit knows the validated
 * messages too and is surer. Where its logits' growth is not known, it rejects about as much less as it knows more
 * messages, (fit + validation) / fit times as many (docs/experiments/text-classification.md#share-of-wordings).
 */
function validationShare({ rejectShare, growth, prepared: { folds, refit } }: DecisionTask): number {
  if (growth !== null) return rejectShare;
  const fitted = sum(folds.map(({ fit }) => fit.length));
  const validated = sum(folds.map(({ validation }) => validation.length));
  return Math.min(0.5, refit && fitted > 0 ? rejectShare * (1 + validated / fitted) : rejectShare);
}

/**
 * AUC-ROC by which another score must exceed the highest logit's. Smaller differences on messages like those in training
 * say nothing of unseen wording, where the highest logit is best (docs/experiments/text-classification.md#share-of-wordings).
 */
const MINIMUM_AUC_GAIN = 0.005;

/** The rejection score with the best AUC-ROC on validation, the highest logit unless another one is clearly better. */
function chooseRejection(
  rows: readonly ScoredExample[],
  outOfScope: readonly ArrayLike<number>[],
  temperature: number,
  task: DecisionTask,
): Decision['rejection'] {
  const { classes, multiLabel } = task.prepared;
  const growth = task.growth ?? 1;
  const link = multiLabel ? 'logistic' : 'softmax';
  const allOutOfScope = [
    ...outOfScope,
    ...rows.filter(({ example }) => example.outOfScope).map(({ scores }) => scores),
  ];
  const inScopeRows = rows.filter(({ example }) => !example.outOfScope);
  const candidates = (multiLabel ? (['probability'] as const) : rejectionScores).map((score) => {
    const scoreOf = (validated: ArrayLike<number>): number => {
      const scores = Float64Array.from(validated, (logit) => growth * logit);
      return rejectionScore(score, scores, probabilitiesAt(scores, temperature, link), outOfScopeClass(classes));
    };
    const inScope = inScopeRows.map(({ scores }) => scoreOf(scores));
    return { score, inScope, auc: rejectionAuc(inScope, allOutOfScope.map(scoreOf)) };
  });
  // The first candidate is the highest logit, or the only one.
  const [usual] = candidates;
  const highest = candidates.reduce((a, b) => (b.auc > a.auc ? b : a));
  const best = highest.auc > usual!.auc + MINIMUM_AUC_GAIN ? highest : usual!;
  // In multi-label tasks a message without any intent is a valid answer, so none is rejected.
  const threshold = multiLabel ? null : rejectionThreshold(best.inScope, validationShare(task));
  return { score: best.score, threshold, rule: 'score' };
}

/** Fits temperature, thresholds and the rejection score on validation scores. */
export function fitDecision(
  { rows, outOfScope }: ValidationScores,
  task: DecisionTask,
  notes: readonly string[],
): Decision {
  const { classes, multiLabel } = task.prepared;
  const temperature = temperatureOf(rows, task.prepared);
  const intentThreshold = multiLabel ? bestThreshold(rows, classes, temperature).threshold : DEFAULT_THRESHOLD;
  return {
    schemaVersion: 1,
    engine: task.engine,
    classes: [...classes],
    several: multiLabel,
    temperature,
    intentThreshold,
    listCalibration: multiLabel ? fitListCalibration(rows, classes, { temperature, intentThreshold }) : null,
    rejection: chooseRejection(rows, outOfScope, temperature, task),
    notes: [...notes],
  };
}
