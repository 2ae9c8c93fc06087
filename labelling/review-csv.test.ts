import { describe, expect, it } from 'vitest';
import { escapeFormula } from './review-csv.js';

describe('escapeFormula', () => {
  it.each([
    ['=HYPERLINK("http://x","pay")', `'=HYPERLINK("http://x","pay")`],
    ['+91 98', "'+91 98"],
    ['-500', "'-500"],
    ['@sum', "'@sum"],
    ['block my card', 'block my card'],
  ])('shows %s as text and not as a formula', (text, shown) => {
    expect(escapeFormula(text)).toBe(shown);
  });
});
