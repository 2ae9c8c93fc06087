import { describe, expect, it } from 'vitest';
import { cardIndex, type IndexedCard } from './card-index.js';

const at = new Date('2026-11-30T05:50:31Z');
const card = (change: Partial<IndexedCard>): IndexedCard => ({
  modelName: 'credit-risk-scorer',
  line: 'default',
  version: '1.0.0',
  stage: 'staging',
  workflowId: 'retraining-2026-11-23/credit-risk-scorer',
  at: new Date('2026-11-23T03:00:00Z'),
  rows: 1572,
  metrics: [
    {
      name: 'aucRoc',
      value: 0.8436,
      direction: 'higher',
      n: 336,
      interval: { low: 0.789, high: 0.898, level: 0.95, method: 'DeLong' },
    },
  ],
  fileName: 'credit-risk-scorer-1.0.0.html',
  ...change,
});

describe('cardIndex', () => {
  it('sets the versions of a line side by side with stages and metrics, and links their cards', () => {
    const html = cardIndex([card({ version: '1.0.1', stage: 'production', fileName: 'b.html' }), card({})], at);
    expect(html).toContain('<tr><th scope="col"></th><th scope="col"><a href="b.html">1.0.1</a></th>');
    expect(html).toMatch(
      /<th scope="row">stage<\/th><td data-title="1.0.1" class="good">production<\/td><td data-title="1.0.0">staging/,
    );
    expect(html).toMatch(/<th scope="row">aucRoc ↑<\/th><td data-title="1.0.1">0.8436 \(0.789 to 0.898\)/);
    expect(html).toContain('2026-11-30 05:50 UTC');
  });

  it('groups by model and line, marks synthetic data, and keeps rejected runs', () => {
    const rejected = card({ version: null, stage: null, fileName: 'rejected.html' });
    const html = cardIndex([card({ line: 'synthetic' }), rejected, card({ modelName: 'financial-ner' })], at);
    expect([...html.matchAll(/<h2>([^<]+)/g)].map(([, name]) => name)).toEqual(['credit-risk-scorer', 'financial-ner']);
    expect(html.match(/SYNTHETIC DATA/g)).toHaveLength(1);
    expect(html).toContain('<a href="rejected.html">rejected</a>');
  });

  it('lists what does not fit beside the newest six, and says where a card is lost', () => {
    const versions = Array.from({ length: 8 }, (_, i) =>
      card({ version: `1.0.${7 - i}`, fileName: i === 7 ? null : `${i}.html` }),
    );
    const html = cardIndex(versions, at);
    expect(html.match(/<th scope="col"><a/g)).toHaveLength(6);
    expect(html).toMatch(/Older<\/p><ul><li><a href="6.html">1\.0\.1, [^<]*<\/a><\/li><li>1\.0\.0, \S* \(card lost\)/);
  });

  it('shows a metric without a value, and escapes names', () => {
    const metrics = [{ name: '<b>', value: null, direction: 'lower' as const, n: 0, remark: 'no row' }];
    const html = cardIndex([card({ metrics, workflowId: '<script>', fileName: '"><script>.html' })], at);
    expect(html).toContain('not measurable');
    expect(html).not.toMatch(/<script|<b>/);
  });
});
