import { describe, expect, it } from 'vitest';
import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { tieNotes } from '../prediction/predictor.js';
import { reachedShare } from './train.js';

describe('reachedShare', () => {
  const contamination = 0.05;

  it('is absent where scores differ', () => {
    const scores = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
    const threshold = quantile(scores, 1 - contamination);
    expect(reachedShare(scores, threshold, { rows: 1000, contamination })).toEqual({});
    expect(tieNotes({ contamination })).toEqual([]);
  });

  it('tells of a tenth of the rows that have the highest score, of which none is above it', () => {
    const scores = Float64Array.from({ length: 1000 }, (_, i) => (i < 900 ? i / 1000 : 0.95));
    const found = reachedShare(scores, quantile(scores, 1 - contamination), { rows: 1000, contamination });
    expect(found).toEqual({ reached: { share: 0, tied: 100 } });
    expect(tieNotes({ contamination, ...found })).toEqual([
      'a contamination of 5.00 % was asked for and 0.00 % reached: 100 training rows have the score of the threshold',
    ]);
  });

  it('counts extreme rows as alerts', () => {
    const scores = Float64Array.from({ length: 980 }, () => 0.5);
    const found = reachedShare(scores, 0.5, { rows: 1000, contamination });
    expect(found).toEqual({ reached: { share: 0.02, tied: 980 } });
  });
});
