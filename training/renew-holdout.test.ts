import { describe, expect, it } from 'vitest';
import { effectOf, withNextSalt } from './renew-holdout.js';

describe('a renewed holdout', () => {
  const group = (salt: string) => ({ kind: 'group' as const, column: 'user', fraction: 0.3, salt });

  it('draws other groups each time', () => {
    expect(withNextSalt(group('s'), group('s'))).toEqual(group('s#2'));
    expect(withNextSalt(group('s'), group('s#2'))).toEqual(group('s#3'));
  });

  it('takes the new cut of a time rule', () => {
    const cut = { kind: 'time' as const, column: 'at', cut: 5 };
    expect(withNextSalt(cut, { ...cut, cut: 1 })).toEqual(cut);
  });

  it('tells whether the champion learned from the rows that are held out now', () => {
    const cut = { kind: 'time' as const, column: 'at', cut: 5 };
    expect(effectOf(cut, { ...cut, cut: 6 })).toBe('unseen-by-champion');
    expect(effectOf(cut, { ...cut, cut: 4 })).toBe('seen-by-champion');
    expect(effectOf(group('s'), group('s#2'))).toBe('seen-by-champion');
    expect(effectOf(cut, { ...cut })).toBe('unchanged');
  });
});
