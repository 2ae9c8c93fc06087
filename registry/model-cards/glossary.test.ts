import { describe, expect, it } from 'vitest';
import { sampleCard } from '../../tests/support/sample-card.js';
import { glossary, usedTerms } from './glossary.js';
import { renderCard } from './render-card.js';

const terms = (...texts: string[]): string[] => usedTerms(texts).map(({ term }) => term);

describe('glossary', () => {
  it('is in alphabetical order without a term twice', () => {
    const names = glossary.map(({ term }) => term);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
    expect(new Set(names).size).toBe(names.length);
  });

  it('finds names of metrics and terms as whole words only', () => {
    expect(terms('aucRoc 0.84')).toEqual(['AUC-ROC (aucRoc)']);
    expect(terms('their shares are stable (PSI 0.035)')).toEqual(['PSI (bandStabilityIndex)']);
    expect(terms('tasks', 'EPSIlon', 'maestro')).toEqual([]);
  });

  it('is printed for the terms of the card and for no other', async () => {
    const { markdown, html } = await renderCard(sampleCard);
    const [, printed = ''] = markdown.split('## Glossary');
    for (const term of ['AUC-ROC', 'Brier score', 'Gini', 'Kolmogorov-Smirnov', 'champion'])
      expect(printed).toContain(`- ${term}`);
    for (const term of ['MASE', 'PSI', 'SHAP', 'Wilson']) expect(printed).not.toContain(term);
    expect(html).toContain('<h2>Glossary</h2>');
  });
});
