import type { Plot } from '../../contracts/evaluation.js';
import { calibrationBins, rocCurve, type Scored } from '../../learning/metrics/index.js';

/** A curve with more points is not smoother on paper, only larger in the stored evaluation. */
const CURVE_POINTS = 200;
const BANDS = 20;
const SIZE = { width: 360, height: 300 } as const;
const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const axis = (field: string, title: string): Record<string, unknown> => ({ field, title, type: 'quantitative' });
const diagonal = {
  data: {
    values: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  },
  mark: { type: 'line', strokeDash: [4, 4], color: '#999' },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
};

function thinned<Item>(items: readonly Item[]): Item[] {
  const step = Math.max(1, items.length / CURVE_POINTS);
  const kept = Array.from({ length: Math.min(items.length, CURVE_POINTS) }, (_, i) => items[Math.floor(i * step)]!);
  return [...kept, ...items.slice(-1)];
}

function rocPlot({ labels, scores }: Scored): Plot {
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
    spec: { $schema: SCHEMA, ...SIZE, layer: [diagonal, { ...curve, encoding: { x, y, order: x } }] },
  };
}

function calibrationPlot({ labels, scores }: Scored): Plot {
  const values = calibrationBins(labels, scores).map(({ predicted, observed, n }) => ({
    predicted: rounded(predicted),
    observed: rounded(observed),
    n,
  }));
  const encoding = {
    x: axis('predicted', 'predicted probability of default'),
    y: axis('observed', 'observed share of defaults'),
    size: axis('n', 'loans'),
  };
  return {
    title: 'Calibration',
    caption: 'Observed against predicted default rate in bands of a tenth; on the dashed line the two agree.',
    spec: { $schema: SCHEMA, ...SIZE, layer: [diagonal, { data: { values }, mark: 'point', encoding }] },
  };
}

function shareInBands({ labels, scores }: Scored, label: 0 | 1): number[] {
  const counts = new Array<number>(BANDS).fill(0);
  for (let i = 0; i < labels.length; i++)
    if (labels[i] === label) counts[Math.min(BANDS - 1, Math.floor(scores[i]! * BANDS))]! += 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // The last band once more, so that the step line is drawn to its right end.
  return [...counts, counts[BANDS - 1]!].map((count) => count / total);
}

function distributionPlot(scored: Scored): Plot {
  const values = ([0, 1] as const).flatMap((label) =>
    shareInBands(scored, label).map((share, band) => ({
      probability: band / BANDS,
      share: rounded(share),
      outcome: label === 1 ? 'defaulted' : 'repaid',
    })),
  );
  const encoding = {
    x: axis('probability', 'predicted probability of default'),
    y: axis('share', 'share of the class'),
    color: { field: 'outcome', type: 'nominal', title: 'outcome' },
  };
  return {
    title: 'Score distribution',
    caption: 'How the predicted probabilities of repaid and defaulted loans are spread; apart is good.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, mark: { type: 'line', interpolate: 'step-after' }, encoding },
  };
}

/** ROC curve, calibration and score distribution as Vega-Lite with inline data. */
export const evaluationPlots = (scored: Scored): Plot[] => [
  rocPlot(scored),
  calibrationPlot(scored),
  distributionPlot(scored),
];
