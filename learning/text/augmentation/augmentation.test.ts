import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { addTypos, switchCode } from './index.js';

const text = 'Please block my card, I lost 2 of them yesterday 🙂';

describe('addTypos', () => {
  it('changes about the given share of letters and no digits, symbols or one-letter words', () => {
    const long = 'a I 42 '.concat('transfer money to account '.repeat(200));
    const typed = addTypos(long, 0.1, createRandom(1));
    expect(typed.startsWith('a I 42 ')).toBe(true);
    let changed = 0;
    const [before, after] = [long.split(' '), typed.split(' ')];
    before.forEach((word, i) => (changed += Number(word !== after[i])));
    const expected = [8, 5, 2, 7].reduce((sum, letters) => sum + 200 * (1 - 0.9 ** letters), 0);
    expect(changed / expected).toBeGreaterThan(0.8);
    expect(changed / expected).toBeLessThan(1.1);
  });

  it('returns the text at rate 0, accepts rate 1, and is deterministic given the seed', () => {
    expect(addTypos(text, 0, createRandom(1))).toBe(text);
    expect(addTypos(text, 1, createRandom(1))).not.toBe(text);
    expect(addTypos('', 1, createRandom(1))).toBe('');
    expect(addTypos(text, 0.3, createRandom(2))).toBe(addTypos(text, 0.3, createRandom(2)));
  });
});

describe('switchCode', () => {
  it('replaces known words by Hindi ones and leaves others', () => {
    expect(switchCode('lost my card', 1, createRandom(1))).toMatch(/^kho gaya mer[ai] card$/);
    expect(switchCode('lost my card', 0, createRandom(1))).toBe('lost my card');
    expect(switchCode('constructor', 1, createRandom(1))).toBe('constructor');
  });
});
