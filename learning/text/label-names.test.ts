import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import { findSimilarLabels, labelsAreMeant, normaliseLabel } from './label-names.js';

describe('normaliseLabel', () => {
  it.each([
    ['trailing blank', 'balance '],
    ['leading tab', '\tbalance'],
    ['no-break space', 'balance\u00a0'],
    ['ideographic space', '\u3000balance'],
    ['zero-width space', 'bal\u200bance\u200b'],
    ['zero-width joiner at the end', 'balance\u200d'],
    ['byte order mark', '\ufeffbalance'],
    ['direction mark', '\u200ebalance\u200f'],
    ['soft hyphen', 'bal\u00adance'],
    ['full-width letters', 'ｂａｌａｎｃｅ'],
    ['line end', 'balance\r\n'],
  ])('removes %s', (_name, label) => {
    expect(normaliseLabel(label)).toBe('balance');
  });

  it('keeps case, inner blanks as one, and the joiners inside Indic words', () => {
    expect(normaliseLabel(' Card  lost\u00a0now ')).toBe('Card lost now');
    expect(normaliseLabel('क्\u200dष')).toBe('क्\u200dष');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const once = normaliseLabel(text);
        expect(normaliseLabel(once)).toBe(once);
      }),
    );
  });
});

describe('findSimilarLabels', () => {
  it.each([
    ['Balance', 'balance', 'case or blanks'],
    ['card lost', 'card_lost', 'case or blanks'],
    ['card-lost', 'cardlost', 'case or blanks'],
    ['balance', 'balence', 'one letter'],
    ['payment', 'payments', 'one letter'],
    ['blaance', 'balance', 'one letter'],
    ['Payment', 'payments', 'one letter'],
    ['card', 'cards', 'one letter'],
    ['बैलेंस', 'बेलेंस', 'one letter'],
    ["what's_new", 'what’s_new', 'signs, accents or look-alike letters'],
    ['card_lost!', 'card_lost', 'signs, accents or look-alike letters'],
    ['card–lost', 'card-lost', 'signs, accents or look-alike letters'],
    ['résumé', 'resume', 'signs, accents or look-alike letters'],
    ['balance', 'bаlаncе', 'signs, accents or look-alike letters'],
    ['l0an_status', 'loan_status', 'signs, accents or look-alike letters'],
  ] as const)('finds %s beside %s', (a, b, difference) => {
    const names = [a, b].sort();
    expect(findSimilarLabels([a, b])).toEqual([{ names, difference }]);
  });

  it.each([
    ['time', 'timer'],
    ['top_up_1', 'top_up_2'],
    ['balance', 'balances_x'],
    ['level-10', 'level-1'],
    ['top_up_0', 'top_up_o'],
    ['?', '!'],
    ['बिल', 'बिला'],
    ['card_lost', 'card_list_all'],
  ])('does not find %s beside %s', (a, b) => {
    expect(findSimilarLabels([a, b])).toEqual([]);
  });
});

describe('labelsAreMeant', () => {
  const dataWith = (columns: TrainingData['table']['columns']): TrainingData => ({
    schema: { line: 'x', columns: [], key: 'k', label: 'l', features: [], split: splitRule, minimumRows: 1 },
    table: { rowCount: 0, columns },
  });
  const splitRule = { kind: 'given', column: 'part', heldOut: ['test'] } as const;
  const file = dataWith({});
  const backend = dataWith({ entity_id: { kind: 'text', values: [] } });
  const check = (counts: Record<string, number>, data = file, suspiciousLabels: 'refused' | 'allowed' = 'refused') =>
    labelsAreMeant(() => new Map(Object.entries(counts))).check(data, { suspiciousLabels });

  it('lists similar names with their counts and classes with one example, unless they are allowed', () => {
    const counts = { Balance: 3, balance: 40, transfer: 1, block: 9 };
    expect(check(counts)).toMatch(
      /^found names that differ in case or blanks only: "Balance" \(3\) and "balance" \(40\); /,
    );
    expect(check(counts)).toContain('a single example: "transfer"; ');
    expect(check(counts)).toContain('--allow-suspicious-labels');
    expect(check(counts, file, 'allowed')).toBeNull();
    expect(check({ balance: 40, block: 9 })).toBeNull();
  });

  it('accepts a class with one example in a backend, whose labels arrive one by one', () => {
    expect(check({ balance: 40, block: 1 }, backend)).toBeNull();
    expect(check({ balance: 40, balence: 2 }, backend)).toContain('one letter');
  });

  it('lists at most five pairs', () => {
    const names = 'abcdefg'.split('').flatMap((letter) => [`${letter}_intent_x`, `${letter}_Intent_x`]);
    expect(check(Object.fromEntries(names.map((name) => [name, 2])))).toMatch(/ and 2 more; /);
  });
});
