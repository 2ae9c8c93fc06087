import { describe, expect, it } from 'vitest';
import type { ColumnFinding, DriftFinding } from '../../contracts/drift.js';
import { driftDocument, renderDriftPage } from './drift-page.js';

const shape = { count: 100, missing: 3, quantiles: null, categories: null };
const quantiles = (factor: number) => Array.from({ length: 21 }, (_, i) => i * factor);
const column = (name: string, facts: Partial<ColumnFinding>): ColumnFinding => ({
  ...{ column: name, of: name, kind: 'numeric', role: 'feature', method: 'kolmogorov-smirnov', statistic: 0.51234 },
  ...{ pValue: 0.001, adjustedPValue: 0.002, effect: { name: 'wasserstein', value: 0.3 }, threshold: 0.1 },
  ...{ drifted: true, decided: true, note: null, importance: 0.2, rank: 1, reference: shape, current: shape },
  ...facts,
});

const finding: DriftFinding = {
  ...{ mode: 'default', version: '1.2.0', window: { from: 0, to: 7 * 86_400_000 }, answers: 5000, compared: 1000 },
  ...{ referenceRows: 400, driftedShare: 0.5, undecided: null },
  columns: [
    column('category', {
      ...{ kind: 'categorical', rank: 2, drifted: false },
      reference: {
        ...shape,
        categories: [
          ['food <b>', 0.7],
          ['rent', 0.3],
        ],
      },
      current: { ...shape, categories: [['rent', 1]] },
    }),
    column('amount', {
      reference: { ...shape, quantiles: quantiles(1) },
      current: { ...shape, quantiles: quantiles(3) },
    }),
    column('income', { rank: 3, decided: false, drifted: false, note: 'no value in the window' }),
  ],
  performance: {
    ...{ method: 'CBPE', metric: 'aucRoc', direction: 'higher', estimated: 0.71, low: 0.7, high: 0.72 },
    ...{ reference: 0.8, assumptions: ['no-concept-drift (not checked): cannot be checked'] },
  },
  faults: [{ kind: 'unit', column: 'amount', finding: 'all quantiles are × 100' }],
};
const page = {
  modelName: 'credit-risk-scorer',
  line: 'synthetic',
  finding,
  decision: 'source-fault',
  reasons: ['amount: × 100'],
  nextCheck: null,
};

describe('renderDriftPage', () => {
  it('is one file without scripts, the columns by rank, with a drawing of each distribution', async () => {
    const html = await renderDriftPage(page);
    expect(html).not.toMatch(/<script|src=|href="http/);
    expect(html.match(/<figure>/g)).toHaveLength(2);
    expect(html.indexOf('<code>amount</code>')).toBeLessThan(html.indexOf('<code>category</code>'));
    expect(html).toContain('food &lt;b&gt;');
    for (const text of ['SYNTHETIC DATA', 'not compared', 'no value in the window', '× 100', '0.710', 'CBPE'])
      expect(html).toContain(text);
    expect(await renderDriftPage(page)).toBe(html);
  });

  it('says why nothing could be compared', () => {
    const empty = { ...finding, columns: [], undecided: 'no answer was logged in the window', driftedShare: null };
    const { badges, sections } = driftDocument({ ...page, finding: { ...empty, performance: null, faults: [] } });
    expect(badges[0]).toEqual({ text: 'no answer was logged in the window', tone: 'bad' });
    expect(sections.map(({ id }) => id)).toEqual(['decision', 'columns']);
    expect(JSON.stringify(sections)).toContain('No column could be compared.');
  });
});
