import type { Metric } from '../../../contracts/evaluation.js';
import type { Table } from '../../../contracts/table.js';
import {
  averagePrecision,
  bootstrapInterval,
  precisionAtK,
  proportion,
  resampledUncertainty,
  type Scored,
  type ScoreMetric,
} from '../../../learning/evaluation/metrics/index.js';
import { AUC_ROC, aucMetric } from '../../../learning/evaluation/binary-classification.js';
import { smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { numberColumn } from '../../../learning/table.js';

/** The measure that gates and comparisons read. */
export const PRIMARY_METRIC = AUC_ROC;
/** k of precision at k: alerts that an analyst reviews in a day. */
const TOP = 100;
/** Fewer resamples for large sets, whose intervals are narrow. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 100 : 1000);

/** Scores of the rows whose label is known, with the alerts among them. */
export interface LabelledScores extends Scored {
  /** Positions in the holdout. */
  readonly rows: readonly number[];
  readonly alerts: Float64Array;
}

/** Omits rows without a label. */
export function labelledScores(scored: Table): LabelledScores {
  const truth = numberColumn(scored, 'truth');
  const rows = [...truth.keys()].filter((row) => !Number.isNaN(truth[row]));
  const pick = (name: string): Float64Array => {
    const values = scored.columns[name] === undefined ? truth : numberColumn(scored, name);
    return Float64Array.from(rows, (row) => values[row]!);
  };
  return { rows, labels: pick('truth'), scores: pick('score'), alerts: pick('alert') };
}

export const misuseCount = ({ labels }: Scored): number => sum(labels);

/** Rate, precision and recall of alerts at the artefact's threshold. */
function alertMetrics({ labels, alerts }: LabelledScores): Metric[] {
  const n = labels.length;
  const raised = sum(alerts);
  const hits = sum(alerts.map((alert, i) => alert * labels[i]!));
  const misused = misuseCount({ labels, scores: labels });
  return [
    { name: 'alertsPer1000', value: (1000 * raised) / n, direction: 'lower', n },
    proportion({ name: 'alertPrecision', hits, rows: raised, none: 'no alert was raised' }),
    proportion({ name: 'alertRecall', hits, rows: misused, none: 'no transaction is misused' }),
  ];
}

/**
 * AUC-ROC first, then average precision, precision at k and the alert metrics.
 * @throws PipelineError `SINGLE_CLASS`.
 */
export function evaluateScores(scored: LabelledScores, seed: number): Metric[] {
  const { labels, scores } = scored;
  const n = labels.length;
  const rarer = { size: smallestClass(scored), of: 'rows of the rarer class' };
  const options = { seed, resamples: resamplesFor(n) };
  const resampled = (name: string, metric: ScoreMetric): Metric => ({
    name,
    value: metric(labels, scores),
    direction: 'higher' as const,
    n,
    ...resampledUncertainty(rarer, () => bootstrapInterval(scored, { metric, ...options })),
  });
  const top = Math.min(TOP, n);
  return [
    aucMetric(scored, seed),
    resampled('averagePrecision', averagePrecision),
    { name: `precisionAt${TOP}`, value: precisionAtK(top)(labels, scores), direction: 'higher', n: top },
    ...alertMetrics(scored),
  ];
}
