import { describe, expect, it } from 'vitest';
import { countSpans, f1Of, pairedSpanInterval, precisionOf, recallOf, spanInterval, sumSpans } from './spans.js';

const span = (type: string, start: number, end: number) => ({ type, start, end });

describe('countSpans', () => {
  it('counts exact matches once', () => {
    const wanted = [span('A', 0, 2), span('B', 3, 5)];
    const found = [span('A', 0, 2), span('A', 0, 2), span('B', 3, 6), span('A', 3, 5)];
    expect(countSpans(found, wanted)).toEqual({ right: 1, found: 4, wanted: 2 });
  });

  it('gives precision, recall and F1 of sums', () => {
    const sum = sumSpans([
      { right: 3, found: 4, wanted: 6 },
      { right: 1, found: 1, wanted: 2 },
    ]);
    expect([precisionOf(sum), recallOf(sum)]).toEqual([0.8, 0.5]);
    expect(f1Of(sum)).toBeCloseTo(8 / 13, 12);
    expect(f1Of({ right: 0, found: 0, wanted: 0 })).toBeNaN();
  });
});

describe('intervals', () => {
  const good = Array.from({ length: 80 }, (_, i) => ({ right: i % 8 === 0 ? 0 : 1, found: 1, wanted: 1 }));
  const bad = good.map(({ right }, i) => ({ right: i % 2 === 0 ? 0 : right, found: 1, wanted: 1 }));

  it('contain the value and are repeatable', () => {
    const interval = spanInterval(good, f1Of, { seed: 1 });
    expect(interval.low).toBeLessThan(0.875);
    expect(interval.high).toBeGreaterThan(0.875);
    expect(spanInterval(good, f1Of, { seed: 1 })).toEqual(interval);
  });

  it('separate a better tagger from a worse one and not a tagger from itself', () => {
    expect(pairedSpanInterval(good, bad, f1Of, { seed: 1 }).low).toBeGreaterThan(0);
    expect(pairedSpanInterval(good, good, f1Of, { seed: 1 })).toMatchObject({ low: 0, high: 0 });
  });

  it('are wider over documents whose texts are right or wrong together', () => {
    const groups = good.map((_, i) => `document ${Math.floor(i / 8)}`);
    const together = good.map((_, i) => ({ right: Math.floor(i / 8) % 3 === 0 ? 0 : 1, found: 1, wanted: 1 }));
    const alone = spanInterval(together, f1Of, { seed: 1 });
    const grouped = spanInterval(together, f1Of, { seed: 1, groups });
    expect(grouped.high - grouped.low).toBeGreaterThan(1.5 * (alone.high - alone.low));
    expect(grouped.method).toContain('10 groups of texts');
    // Groups of one text each change nothing.
    const single = spanInterval(together, f1Of, { seed: 1, groups: together.map((_, i) => String(i)) });
    expect(single).toEqual(alone);
  });

  it('refuse different texts and no texts', () => {
    expect(() => pairedSpanInterval(good, bad.slice(1), f1Of, { seed: 1 })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
    expect(() => spanInterval([], f1Of, { seed: 1 })).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});
