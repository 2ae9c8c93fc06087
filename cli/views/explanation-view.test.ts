import { describe, expect, it } from 'vitest';
import { printExplanation } from './explanation-view.js';

function printed(explanation: unknown): string[] {
  const lines: string[] = [];
  printExplanation({ line: (text = '') => void lines.push(text) }, explanation);
  return lines;
}

describe('an explanation on the terminal', () => {
  it('is printed as sentences under their names, with each contribution', () => {
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

  it('names the unit of contributions and prefers a whole sentence', () => {
    const words = [{ text: 'card', sentence: '"card" added 21 points', weight: 0.21 }];
    const reasons = [{ text: 'Debt is high', contribution: 0.5 }];
    expect(printed({ contributionUnit: 'log-odds', reasons, words })).toEqual([
      '  reasons (log-odds):',
      '    1. Debt is high (+0.500)',
      '  words:',
      '    1. "card" added 21 points',
    ]);
  });

  it('prints nothing for empty lists', () => {
    expect(printed({ entities: [] })).toEqual([]);
  });

  it('is printed as JSON when it holds no sentence', () => {
    expect(printed({ weights: [1, 2] })).toEqual(['{"weights":[1,2]}']);
    expect(printed(null)).toEqual(['null']);
  });
});
