import { describe, expect, it } from 'vitest';
import { printCoverage } from './coverage-view.js';

function printed(missing: readonly string[], abstained = false, unseen?: readonly string[]): string[] {
  const lines: string[] = [];
  const paint = { dim: (text: string) => text } as Parameters<typeof printCoverage>[0]['paint'];
  const coverage = { missing, ...(unseen && { unseen }), inputs: 69, fewestKnown: 55, abstained };
  printCoverage({ line: (text = '') => void lines.push(text), paint }, coverage);
  return lines;
}

describe('printCoverage', () => {
  it('says nothing when every input was known', () => expect(printed([])).toEqual([]));

  it('names what an answer was made without', () => {
    expect(printed(['savingsRate', 'kind'])).toEqual(['answered without 2 of 69 inputs: savingsRate, kind']);
  });

  it('tells a word that training has not seen from a value that is missing', () => {
    expect(printed(['city', 'kind'], false, ['city'])).toEqual([
      'answered without 2 of 69 inputs: city (a word that training has not seen), kind',
    ]);
  });

  it('says why there is no answer, with the first dozen names', () => {
    const names = Array.from({ length: 61 }, (_, i) => `f${i}`);
    expect(printed(names, true)).toEqual([
      `no answer: 8 of 69 inputs are known, wanted at least 55; missing: ${names.slice(0, 12).join(', ')} and 49 more`,
    ]);
  });
});
