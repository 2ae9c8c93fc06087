import type { Plot } from '../../../../contracts/evaluation.js';
import { reliabilityBins } from '../../../../learning/evaluation/calibration/expected-calibration-error.js';
import { rocCurve, type Scored } from '../../../../learning/evaluation/metrics/index.js';
import { axis, diagonal, percentAxis, rounded, SCHEMA, SIZE } from '../../../../learning/evaluation/plots/drawing.js';

/** More points do not make the curve look smoother, only the stored evaluation larger. */
const CURVE_POINTS = 200;
const BANDS = 20;

function thinned<Item>(items: readonly Item[]): Item[] {
  const step = Math.max(1, items.length / CURVE_POINTS);
  const kept = Array.from({ length: Math.min(items.length, CURVE_POINTS) }, (_, i) => items[Math.floor(i * step)]!);
  return [...kept, ...items.slice(-1)];
}

/** ROC curve. */
export function rocPlot({ labels, scores }: Scored): Plot {
  const points = thinned(rocCurve(labels, scores)).map(({ falsePositiveRate, truePositiveRate }) => ({
    falsePositiveRate: rounded(falsePositiveRate),
    truePositiveRate: rounded(truePositiveRate),
  }));
  const x = axis('falsePositiveRate', 'good loans flagged (share)');
  const y = axis('truePositiveRate', 'bad loans flagged (share)');
  const curve = { data: { values: [{ falsePositiveRate: 0, truePositiveRate: 0 }, ...points] }, mark: 'line' };
  return {
    title: 'ROC curve',
    caption: 'Share of bad loans found at each share of good loans flagged; the dashed line is chance.',
    spec: { $schema: SCHEMA, ...SIZE, layer: [diagonal(1), { ...curve, encoding: { x, y, order: x } }] },
  };
}

/** Wilson's 95 % interval of a share. */
function wilson(share: number, n: number): { low: number; high: number } {
  const z = 1.96;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: rounded(middle - reach), high: rounded(middle + reach) };
}

/** Reliability in ten bins of equal size. */
export function calibrationPlot(scored: Scored): Plot {
  const values = reliabilityBins(scored).map(({ predicted, observed, weight }) => ({
    predicted: rounded(predicted),
    observed: rounded(observed),
    ...wilson(observed, weight),
  }));
  const end = Math.min(
    1,
    Math.ceil(10 * Math.max(...values.map(({ predicted, high }) => Math.max(predicted, high)))) / 10,
  );
  const scale = { scale: { domain: [0, end] } };
  const x = { ...percentAxis('predicted', 'predicted probability of default'), ...scale };
  const y = { ...percentAxis('observed', 'observed share of defaults'), ...scale };
  const bars = {
    mark: { type: 'rule', opacity: 0.5 },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
  };
  const points = { mark: { type: 'point', filled: true, size: 60 }, encoding: { x, y } };
  return {
    title: 'Calibration',
    caption:
      'Observed against predicted default rate in ten bins of equal size, with 95 % intervals; on the dashed line the two agree.',
    spec: { $schema: SCHEMA, ...SIZE, layer: [diagonal(end), { data: { values }, layer: [bars, points] }] },
  };
}

function shareInBands({ labels, scores }: Scored, label: 0 | 1): number[] {
  const counts = new Array<number>(BANDS).fill(0);
  for (let i = 0; i < labels.length; i++)
    if (labels[i] === label) counts[Math.min(BANDS - 1, Math.floor(scores[i]! * BANDS))]! += 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // The last band is repeated so that the step line reaches its right end.
  return [...counts, counts[BANDS - 1]!].map((count) => count / total);
}

/** Spread of the probabilities by outcome. */
export function distributionPlot(scored: Scored): Plot {
  const values = ([0, 1] as const).flatMap((label) =>
    shareInBands(scored, label).map((share, band) => ({
      probability: band / BANDS,
      share: rounded(share),
      outcome: label === 1 ? 'defaulted' : 'repaid',
    })),
  );
  const encoding = {
    x: percentAxis('probability', 'predicted probability of default'),
    y: percentAxis('share', 'share of the class'),
    color: { field: 'outcome', type: 'nominal', title: 'outcome' },
  };
  return {
    title: 'Score distribution',
    caption: 'How the predicted probabilities of repaid and defaulted loans are spread; apart is good.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, mark: { type: 'line', interpolate: 'step-after' }, encoding },
  };
}
