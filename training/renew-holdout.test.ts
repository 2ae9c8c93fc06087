import { describe, expect, it } from 'vitest';
import { withNextSalt } from './renew-holdout.js';

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

  it('draws other frozen groups of a time rule, too', () => {
    const time = (salt: string) => ({ kind: 'time' as const, column: 'at', cut: 5, days: 2, groups: shareOf(salt) });
    const shareOf = (salt: string) => ({ column: 'user', fraction: 0.15, salt });
    expect(withNextSalt(time('s'), time('s#2'))).toEqual(time('s#3'));
    expect(withNextSalt(time('s'), { kind: 'time', column: 'at', cut: 1 })).toEqual(time('s'));
  });
});
