import { describe, expect, it } from 'vitest';
import { nearestName } from '../contracts/nearest-name.js';
import { requireKnownNames } from './known-names.js';

const known = ['card_block', 'balance', 'loan_status'];
const check = { file: 'labels.csv', column: 'intent', noun: 'intent', known, allow: '--new-intent <name>' };

describe('requireKnownNames', () => {
  it('accepts known names', () => {
    expect(() => {
      requireKnownNames(
        [
          { name: 'balance', row: 1 },
          { name: 'card_block', row: 2 },
        ],
        check,
      );
    }).not.toThrow();
  });

  it('refuses the first unknown name, with its place and the nearest known one', () => {
    const given = ['balance', 'crad_block', 'x'].map((name, i) => ({ name, row: i + 1 }));
    expect(() => {
      requireKnownNames(given, check);
    }).toThrow(
      expect.objectContaining({
        code: 'INVALID_VALUE',
        message:
          'labels.csv, row 2, column "intent": found the unknown intent "crad_block", the nearest known one is ' +
          '"card_block"; allow a new one with --new-intent <name>',
        details: { file: 'labels.csv', row: 2, column: 'intent', value: 'crad_block', nearest: 'card_block' },
      }),
    );
  });

  it('says when no name is known yet', () => {
    expect(nearestName('balance', [])).toBeNull();
    expect(() => {
      requireKnownNames([{ name: 'balance', row: 1 }], { ...check, known: [] });
    }).toThrow(/no intent is known yet/);
  });

  it('finds the nearest name without regard to case', () => {
    expect(nearestName('Balanc', known)).toBe('balance');
    expect(nearestName('LOAN_STATE', known)).toBe('loan_status');
  });
});
