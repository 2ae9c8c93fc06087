import { describe, expect, it } from 'vitest';
import { printExplanation } from './explanation-view.js';

function printed(explanation: unknown): string[] {
  const lines: string[] = [];
  printExplanation({ line: (text = '') => void lines.push(text) }, explanation);
  return lines;
}

describe('an explanation on the terminal', () => {
  it('is its sentences, under their names, with what each added', () => {
    const reasons = [
      { rank: 1, text: 'Debt is high', contribution: 0.5 },
      { text: 'Age is not known', contribution: -0.25 },
    ];
    expect(
      printed({ probability: 0.4, reasons, notes: ['first time at this merchant'], contributions: { debt: 1 } }),
    ).toEqual([
      '  reasons:',
      '    1. Debt is high (+0.500)',
      '    2. Age is not known (−0.250)',
      '  notes:',
      '    1. first time at this merchant',
    ]);
  });

  it('is JSON when it holds no sentence', () => {
    expect(printed({ weights: [1, 2] })).toEqual(['{"weights":[1,2]}']);
    expect(printed(null)).toEqual(['null']);
  });
});
