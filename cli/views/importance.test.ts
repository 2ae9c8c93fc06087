import { describe, expect, it } from 'vitest';
import { importanceTable } from './importance.js';

describe('importance of two versions', () => {
  it('shows the largest changes first, also of a feature that only one version has', () => {
    const before = { debt: 0.5, income: 0.3, age: 0.2, unused: 0 };
    const after = { debt: 0.42, income: 0.31, utilisation: 0.27, unused: 0 };
    const table = importanceTable(['1.0.0', '1.1.0'], [before, after]);
    expect(table?.head).toEqual(['importance', '1.0.0', '1.1.0', 'change']);
    expect(table?.rows).toEqual([
      ['utilisation', '–', '27 %', '+27 %'],
      ['age', '20 %', '–', '-20 %'],
      ['debt', '50 %', '42 %', '-8 %'],
      ['income', '30 %', '31 %', '+1 %'],
    ]);
    expect(importanceTable(['1', '2'], [null, after])).toBeNull();
  });
});
