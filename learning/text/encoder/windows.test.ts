import { describe, expect, it } from 'vitest';
import { cutWindows, joinWindows } from './index.js';

describe('cutWindows and joinWindows', () => {
  it('cover every word once with overlapping windows', () => {
    const pieces = Array.from({ length: 50 }, (_, i) => 1 + (i % 4));
    const windows = cutWindows(pieces, 20);
    const sizes = windows.map(({ first, last }) => pieces.slice(first, last).reduce((sum, one) => sum + one, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    windows.slice(1).forEach(({ first, from }, i) => {
      expect(first).toBeLessThan(windows[i]!.last);
      expect(from).toBeGreaterThanOrEqual(first);
      expect(from).toBeLessThanOrEqual(windows[i]!.last);
    });
    const answers = windows.map(({ first, last }) => Array.from({ length: last - first }, (_, i) => first + i));
    expect(joinWindows(windows, answers)).toEqual([...pieces.keys()]);
  });

  it('give one window for a short sentence and continue after a word that is too long', () => {
    expect(cutWindows([1, 2, 3], 6)).toEqual([{ first: 0, last: 3, from: 0 }]);
    expect(cutWindows([], 6)).toEqual([{ first: 0, last: 0, from: 0 }]);
    const windows = cutWindows([9, 9, 9], 6);
    expect(windows.map(({ first, last }) => [first, last])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });
});
