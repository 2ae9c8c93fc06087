import { describe, expect, it } from 'vitest';
import { sampleCard } from '../../tests/support/sample-card.js';
import { htmlWithStage, markdownWithStage } from './present-stage.js';
import { renderCard } from './render-card.js';

const at = new Date('2026-11-30T05:50:31Z');

describe('a card with the present stage', () => {
  it('differs from the stored card in the stage alone', async () => {
    const { html, markdown } = await renderCard(sampleCard);
    const [page, text] = [htmlWithStage(html, 'production', at), markdownWithStage(markdown, 'production', at)];
    expect(page).toContain('>stage on 2026-11-30 05:50 UTC: production</li>');
    expect(text).toContain('**stage on 2026-11-30 05:50 UTC: production**');
    const written = [html, page].map((card) => card.replace(/stage (at writing|on [^:]+:\d\d UTC): [a-z]+/, ''));
    expect(written[1]).toBe(written[0]);
    expect(text.split('\n')).toHaveLength(markdown.split('\n').length);
  });

  it('is found on cards from before the stage said of when it is', () => {
    expect(htmlWithStage('<ul><li>version 1.0.0</li><li>stage dev</li></ul>', 'archived', at)).toBe(
      '<ul><li>version 1.0.0</li><li data-stage>stage on 2026-11-30 05:50 UTC: archived</li></ul>',
    );
    expect(markdownWithStage('**version 1.0.0** · **stage dev**', 'archived', at)).toContain('UTC: archived**');
  });

  it('is the stored card for a run without a version', async () => {
    const { html } = await renderCard({ ...sampleCard, version: null, stage: null, decision: 'rejected' });
    expect(htmlWithStage(html, 'production', at)).toBe(html);
  });
});
