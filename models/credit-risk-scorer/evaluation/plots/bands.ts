import type { Plot } from '../../../../contracts/evaluation.js';
import type { BandRow } from '../band-stability.js';
import { percentAxis, rounded, SCHEMA, SIZE } from '../../../../learning/evaluation/plots/drawing.js';

/** Shares of the bands in training, on the holdout and by the champion, with the bad rate of each on the holdout. */
export function bandsPlot(rows: readonly BandRow[]): Plot[] {
  if (rows.length === 0) return [];
  const shares = rows.flatMap(({ band, trainingShare, share, championShare }) => [
    { band, of: 'training', share: rounded(trainingShare) },
    { band, of: 'holdout', share: rounded(share) },
    ...(championShare === null ? [] : [{ band, of: 'champion', share: rounded(championShare) }]),
  ]);
  const rates = rows
    .filter(({ badRate }) => !Number.isNaN(badRate))
    .map(({ band, badRate }) => ({ band, badRate: rounded(badRate), text: `${(100 * badRate).toFixed(0)} % bad` }));
  const x = { field: 'band', type: 'nominal', title: 'band (A = safest)', axis: { labelAngle: 0 } };
  const bars = {
    data: { values: shares },
    mark: { type: 'bar', opacity: 0.45 },
    encoding: {
      x,
      xOffset: { field: 'of', sort: ['training', 'holdout', 'champion'] },
      y: percentAxis('share', 'share of loans, and bad rate'),
      color: { field: 'of', type: 'nominal', title: 'rows', sort: ['training', 'holdout', 'champion'] },
    },
  };
  const y = percentAxis('badRate', 'share of loans, and bad rate');
  const line = {
    data: { values: rates },
    mark: { type: 'line', point: { color: '#c0392b' }, color: '#c0392b' },
    encoding: { x, y },
  };
  const labels = {
    data: { values: rates },
    mark: { type: 'text', dy: -12, fontWeight: 'bold', color: '#c0392b' },
    encoding: { x, y, text: { field: 'text' } },
  };
  return [
    {
      title: 'Score bands',
      caption: 'Share of loans in each band (bars) and the share of them that defaulted on the holdout (line).',
      spec: { $schema: SCHEMA, ...SIZE, layer: [bars, line, labels] },
    },
  ];
}
