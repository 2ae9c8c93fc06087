import { describe, expect, it } from 'vitest';
import { sampleCard } from '../../tests/support/sample-card.js';
import { plotSvg, renameIds } from './plot-svg.js';

describe('renameIds', () => {
  it('renumbers ids in order of appearance, with every reference', () => {
    const svg =
      '<g id="clip17"/><g id="clip1"/><a clip-path="url(#clip1)"/><b href="#clip17"/><text>id="x" #clip1</text>';
    expect(renameIds(svg, 'p')).toBe(
      '<g id="p-0"/><g id="p-1"/><a clip-path="url(#p-1)"/><b href="#p-0"/><text>id="p-2" #clip1</text>',
    );
  });
});

describe('plotSvg', () => {
  it('uses the text colour of the page', async () => {
    const svg = await plotSvg(sampleCard.evaluation.plots[0]!, 'a label', 'p');
    expect(svg).toMatch(/^<svg role="img" aria-label="a label" /);
    expect(svg).toContain('fill="currentColor"');
    expect(svg).toContain('good loans flagged (share)');
  });

  it('leaves room on a card of 400 kB for a plot of 3,000 points, the most that a model draws', async () => {
    const values = Array.from({ length: 3000 }, (_, i) => ({
      x: Math.sin(i),
      y: i / 3000,
      value: ['low', 'high'][i % 2],
    }));
    const encoding = {
      x: { field: 'x', type: 'quantitative' },
      y: { field: 'y', type: 'quantitative' },
      color: { field: 'value', type: 'nominal' },
    };
    const spec = { data: { values }, mark: { type: 'circle', size: 11 }, encoding };
    const svg = await plotSvg({ title: 'SHAP', caption: '', spec }, '', 'p');
    expect(svg.match(/<circle /g)).toHaveLength(3000 + 2); // two in the legend
    expect(svg.length).toBeLessThan(260_000);
  });

  it.each([{}, { mark: 'nothing' }, { data: { url: 'http://127.0.0.1:1/x.json' }, mark: 'point' }])(
    'names the plot whose specification cannot be drawn: %j',
    async (spec) => {
      const plot = { title: 'My plot', caption: '', spec };
      await expect(plotSvg(plot, '', 'p')).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(plotSvg(plot, '', 'p')).rejects.toThrow(/"My plot" cannot be drawn/);
    },
  );
});
