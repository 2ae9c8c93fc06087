import type { TrainingData } from '../../../contracts/dataset.js';
import type { Plot } from '../../../contracts/evaluation.js';
import { axis, rounded, SCHEMA, SIZE } from '../../../learning/evaluation/plots/drawing.js';
import { rocCurve } from '../../../learning/evaluation/metrics/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { timestampColumn } from '../../../learning/table.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import { columnNames } from '../data/columns.js';
import type { LabelledScores } from './metrics.js';

/** Points of a stored curve; more are not visible at its size. */
const CURVE_POINTS = 200;
const BANDS = 40;
/** A longer holdout is counted by weeks. */
const MOST_DAYS = 35;

function thinned<Item>(items: readonly Item[]): Item[] {
  const step = Math.max(1, items.length / CURVE_POINTS);
  const kept = Array.from({ length: Math.min(items.length, CURVE_POINTS) }, (_, i) => items[Math.floor(i * step)]!);
  return [...kept, ...items.slice(-1)];
}

/** Points of both curves, the strictest threshold first. */
function curvePoints({ labels, scores }: LabelledScores) {
  const misused = sum(labels);
  const honest = labels.length - misused;
  return rocCurve(labels, scores).map(({ falsePositiveRate, truePositiveRate }) => {
    const hits = truePositiveRate * misused;
    const flagged = hits + falsePositiveRate * honest;
    return { falsePositiveRate, truePositiveRate, precision: flagged > 0 ? hits / flagged : 1 };
  });
}

type Point = ReturnType<typeof curvePoints>[number];

function rocPlot(points: readonly Point[]): Plot {
  const values = [
    { x: 0, y: 0 },
    ...thinned(points).map((p) => ({ x: rounded(p.falsePositiveRate), y: rounded(p.truePositiveRate) })),
  ];
  const x = axis('x', 'honest transactions flagged (share)');
  const y = axis('y', 'misuse found (share)');
  const chance = {
    data: {
      values: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
    },
    mark: { type: 'line', strokeDash: [4, 4], color: '#999' },
  };
  return {
    title: 'ROC curve',
    caption: 'Share of misuse found at each share of honest transactions flagged; the dashed line is chance.',
    spec: {
      $schema: SCHEMA,
      ...SIZE,
      layer: [
        { ...chance, encoding: { x, y } },
        { data: { values }, mark: 'line', encoding: { x, y, order: x } },
      ],
    },
  };
}

/** Points at equal distances of recall: thinning by rank would drop the steep left end. */
function byRecall(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  let next = 0;
  for (const point of points) {
    if (point.truePositiveRate < next) continue;
    kept.push(point);
    next = point.truePositiveRate + 1 / CURVE_POINTS;
  }
  return kept;
}

function precisionPlot(points: readonly Point[]): Plot {
  const values = byRecall(points).map((p) => ({
    recall: rounded(p.truePositiveRate),
    precision: rounded(p.precision),
  }));
  const x = axis('recall', 'misuse found (share)');
  const y = { ...axis('precision', 'alerts that are misuse (share)'), scale: { domain: [0, 1] } };
  return {
    title: 'Precision and recall',
    caption: 'How many alerts are right when so much of the misuse is to be found: what each further catch costs.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, mark: 'line', encoding: { x, y, order: x } },
  };
}

function distributionPlot({ labels, scores }: LabelledScores): Plot {
  const counts = [new Float64Array(BANDS), new Float64Array(BANDS)] as const;
  for (let i = 0; i < labels.length; i++)
    counts[labels[i] === 1 ? 1 : 0][Math.min(BANDS - 1, Math.floor(scores[i]! * BANDS))]! += 1;
  const values = counts.flatMap((bands, label) => {
    const total = sum(bands);
    return Array.from([...bands, bands[BANDS - 1]!], (count, band) => ({
      score: band / BANDS,
      share: rounded(count / Math.max(1, total)),
      truth: label === 1 ? 'misuse' : 'honest',
    }));
  });
  const color = { field: 'truth', type: 'nominal', title: 'truth' };
  const encoding = { x: axis('score', 'score'), y: axis('share', 'share of the class'), color };
  return {
    title: 'Score distribution',
    caption: 'How the scores of honest transactions and misuse are spread; apart is good.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, mark: { type: 'line', interpolate: 'step-after' }, encoding },
  };
}

interface Period {
  alerts: number;
  misuse: number;
}

/** Alerts and misuse by the start of the period they fall into. */
function countPeriods(scored: LabelledScores, times: Float64Array, length: number): ReadonlyMap<number, Period> {
  const periods = new Map<number, Period>();
  scored.rows.forEach((row, i) => {
    const start = Math.floor(times[row]! / length) * length;
    const known = periods.get(start) ?? { alerts: 0, misuse: 0 };
    periods.set(start, { alerts: known.alerts + scored.alerts[i]!, misuse: known.misuse + scored.labels[i]! });
  });
  return periods;
}

function alertsPlot(scored: LabelledScores, times: Float64Array): Plot {
  const held = scored.rows.map((row) => times[row]!);
  const days = (held.reduce((a, b) => Math.max(a, b)) - held.reduce((a, b) => Math.min(a, b))) / DAY_MS;
  const weekly = days > MOST_DAYS;
  const length = weekly ? 7 * DAY_MS : DAY_MS;
  const values = [...countPeriods(scored, times, length)]
    .sort(([a], [b]) => a - b)
    .flatMap(([start, { alerts, misuse }]) => [
      { start, count: alerts, what: 'alerts' },
      { start, count: misuse, what: 'misuse' },
    ]);
  const period = weekly ? 'week' : 'day';
  const x = { field: 'start', type: 'temporal', title: `${period} from` };
  const color = { field: 'what', type: 'nominal', title: null };
  const encoding = { x, y: axis('count', `a ${period}`), color };
  return {
    title: 'Alerts over time',
    caption: `Alerts and misuse a ${period} of the holdout; alerts that rise while misuse does not mean that behaviour moved.`,
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, mark: { type: 'line', point: true }, encoding },
  };
}

/** ROC curve, precision and recall, score distribution and alerts over time as Vega-Lite with inline data. */
export function evaluationPlots(scored: LabelledScores, { schema, table }: TrainingData): Plot[] {
  const points = curvePoints(scored);
  const plots = [rocPlot(points), precisionPlot(points), distributionPlot(scored)];
  const time = schema.table === undefined ? columnNames.time : schema.table.time;
  const times = time === undefined || table.columns[time] === undefined ? null : timestampColumn(table, time);
  return times === null || times.some(Number.isNaN) ? plots : [...plots, alertsPlot(scored, times)];
}
