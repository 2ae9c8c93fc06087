import type { Metric } from '../../../contracts/evaluation.js';
import type { Table } from '../../../contracts/table.js';
import {
  averagePrecision,
  bootstrapInterval,
  precisionAtK,
  rocAuc,
  type Scored,
  type ScoreMetric,
} from '../../../learning/evaluation/metrics/index.js';
import { aucInterval } from '../../../learning/evaluation/compare-auc.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { numberColumn } from '../../../learning/table.js';

/** The measure that gates and comparisons read. */
export const PRIMARY_METRIC = 'aucRoc';
/** How many alerts a day's analyst looks at; the metric of this name is the share of them that is misuse. */
const TOP = 100;
/** Large sets have narrow intervals anyway; more resamples would only cost time. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 100 : 1000);

/** Scores of the rows whose label is known, with the alerts among them. */
export interface Judged extends Scored {
  /** Positions in the holdout. */
  readonly rows: readonly number[];
  readonly alerts: Float64Array;
}

/** Leaves out the rows that nobody labelled. */
export function judgedOf(scored: Table): Judged {
  const truth = numberColumn(scored, 'truth');
  const rows = [...truth.keys()].filter((row) => !Number.isNaN(truth[row]));
  const pick = (name: string): Float64Array => {
    const values = scored.columns[name] === undefined ? truth : numberColumn(scored, name);
    return Float64Array.from(rows, (row) => values[row]!);
  };
  return { rows, labels: pick('truth'), scores: pick('score'), alerts: pick('alert') };
}

export const misuseCount = ({ labels }: Scored): number => sum(labels);

/** What an alert at the artefact's threshold is worth. */
function alertMetrics({ labels, alerts }: Judged): Metric[] {
  const n = labels.length;
  const raised = alerts.reduce((sum, alert) => sum + alert, 0);
  const hits = alerts.reduce((sum, alert, i) => sum + alert * labels[i]!, 0);
  const misused = misuseCount({ labels, scores: labels });
  return [
    { name: 'alertsPer1000', value: (1000 * raised) / n, direction: 'lower', n },
    { name: 'alertPrecision', value: raised === 0 ? 0 : hits / raised, direction: 'higher', n: raised },
    { name: 'alertRecall', value: misused === 0 ? 0 : hits / misused, direction: 'higher', n: misused },
  ];
}

/**
 * AUC-ROC first, then average precision, precision among the highest scores and what the alerts are worth.
 * @throws PipelineError `SINGLE_CLASS`.
 */
export function measure(judged: Judged, seed: number): Metric[] {
  const { labels, scores } = judged;
  const n = labels.length;
  const options = { seed, resamples: resamplesFor(n) };
  const resampled = (name: string, metric: ScoreMetric): Metric => ({
    ...{ name, value: metric(labels, scores), direction: 'higher' as const, n },
    interval: bootstrapInterval(judged, { metric, ...options }),
  });
  const interval = aucInterval(judged, seed);
  const top = Math.min(TOP, n);
  return [
    { name: PRIMARY_METRIC, value: rocAuc(labels, scores), direction: 'higher', n, interval },
    resampled('averagePrecision', averagePrecision),
    { name: `precisionAt${TOP}`, value: precisionAtK(top)(labels, scores), direction: 'higher', n: top },
    ...alertMetrics(judged),
  ];
}
