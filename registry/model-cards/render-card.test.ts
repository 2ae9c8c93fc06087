import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { sampleCard } from '../../tests/support/sample-card.js';
import { holdoutSentence } from '../holdout-sentence.js';
import { partSentences } from '../part-sentences.js';
import type { CardInput } from './card-input.js';
import { renderCard } from './render-card.js';

const HOSTILE = `<script>alert(1)</script><img src=x onerror="alert(1)">'"&|\`[a](javascript:alert(1))![b](http://x/y.png)`;
const FETCHES = /<script|<link|<img|<iframe|<object|@import|url\((?!#)|\b(src|srcset|data)=|\son[a-z]+="/i;
const ids = (html: string): string[] => [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
const withModel = (card: Partial<CardInput['model']['card']>): CardInput => ({
  ...sampleCard,
  model: { ...sampleCard.model, card: { ...sampleCard.model.card, ...card } },
});

/** HTML, links and pictures that a reader's Markdown program would make of the text; bare addresses are harmless. */
function markup(markdown: string): string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown), ({ type, raw }) => {
    if (['html', 'image', 'link'].includes(type) && !raw.startsWith('http')) found.push(raw);
  });
  return found;
}

describe('renderCard', () => {
  it('gives equal bytes for equal facts, sequentially and concurrently', async () => {
    const first = await renderCard(sampleCard);
    const again = await Promise.all([1, 2, 3].map(() => renderCard(structuredClone(sampleCard))));
    for (const card of again) expect(card).toEqual(first);
  });

  it('says first that its data are synthetic, and says so of no other line', async () => {
    const synthetic = await renderCard({ ...sampleCard, line: 'synthetic' });
    expect(synthetic.markdown).toMatch(/^# credit-risk-scorer\n\n> \*\*SYNTHETIC DATA\. /);
    expect(synthetic.html).toMatch(/<header>\n<p class="banner" role="note"><strong>SYNTHETIC DATA\. /);
    for (const text of Object.values(await renderCard(sampleCard))) expect(text).not.toContain('SYNTHETIC');
  });

  it('contains every fact in Markdown and HTML', async () => {
    const { markdown, html } = await renderCard(sampleCard);
    const { run, dataset, gates, evaluation } = sampleCard;
    const words = [
      ...[
        'credit-risk-scorer',
        'version 1.1.0',
        'stage at writing: dev',
        'line default',
        'registered',
        '0.8421',
        '0.8082 to 0.8761',
      ],
      ...[run.workflowId, run.runKey, run.artefactHash, run.signatureHash, run.definitionHash, run.evaluationHash],
      ...[dataset.hash, run.codeVersion, 'Learned from approved applications only', 'Intended users', 'Out of scope'],
      ...[
        ...gates.map(({ gate }) => gate),
        ...evaluation.slices.map(({ name }) => name),
        'maxDepth',
        'overall default rate',
      ],
      ...evaluation.plots.map(({ title }) => title),
    ];
    for (const word of words) {
      expect(html).toContain(word);
      expect(markdown).toContain(word);
    }
    expect(html).toContain('<strong>when it is applied for</strong>');
  });

  it('embeds each plot and no external resource', async () => {
    const { html } = await renderCard(sampleCard);
    expect(html.match(/<svg /g)).toHaveLength(2 + sampleCard.evaluation.plots.length);
    expect(html).not.toMatch(FETCHES);
    expect(html).toContain("default-src 'none'");
    expect(new Set(ids(html)).size).toBe(ids(html).length);
    for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) expect(ids(html)).toContain(id);
  });

  const hostileRecord: CardInput = {
    ...sampleCard,
    reasons: [HOSTILE],
    baselineName: HOSTILE,
    params: { [HOSTILE]: HOSTILE },
    dataset: {
      ...sampleCard.dataset,
      notes: [HOSTILE],
      origin: { kind: 'file', fileHash: 'a'.repeat(64), fileName: HOSTILE, format: HOSTILE },
    },
    evaluation: {
      metrics: sampleCard.evaluation.metrics,
      notes: [HOSTILE],
      slices: [{ name: HOSTILE, metrics: sampleCard.evaluation.metrics }],
      plots: sampleCard.evaluation.plots.map((plot) => ({ ...plot, title: HOSTILE, caption: HOSTILE })),
    },
  };
  const hostileAuthor = withModel({ purpose: HOSTILE, intendedUsers: HOSTILE, limits: [HOSTILE] });

  it.each([
    ['recorded', hostileRecord],
    ['authored', hostileAuthor],
  ])('escapes hostile %s text', async (_origin, facts) => {
    const { html } = await renderCard(facts);
    expect(html).not.toMatch(/<script|<img|href="javascript/i);
    expect(html).toContain('&lt;script&gt;');
  });

  it('shows tables of the evaluation with their captions, and escapes them', async () => {
    const table = {
      title: 'Equal treatment',
      caption: `ratio: ${HOSTILE}`,
      columns: [
        { title: 'group', numeric: false },
        { title: 'ratio', numeric: true },
      ],
      rows: [[HOSTILE, '0.925']],
    };
    const card = await renderCard({ ...sampleCard, evaluation: { ...sampleCard.evaluation, tables: [table] } });
    expect(card.html).toMatch(/<h2>Equal treatment<\/h2>[^]*data-title="ratio" data-numeric>0\.925/);
    expect(card.html).not.toMatch(/<script|<img/i);
    expect(card.markdown).toMatch(/## Equal treatment\n\n- ratio: [^]*\| group \| ratio \|/);
    expect(markup(card.markdown)).toEqual([]);
  });

  it('says of the parts of the holdout once what it knows, with the start of the window and the drift', async () => {
    const metric = sampleCard.evaluation.metrics[0]!;
    const parts = (['frozen', 'window'] as const).map((part) => {
      return { part, rows: 300, scoredRows: 300, metric, remark: null, comparison: null };
    });
    const drift = { metric: 'aucRoc', difference: -0.02, disjoint: false };
    const windowStart = Date.UTC(2026, 6, 3);
    const notes = [...partSentences(parts, { drift, windowStart }), 'another note'];
    const evaluation = { ...sampleCard.evaluation, notes };
    const { markdown } = await renderCard({ ...sampleCard, evaluation, parts, drift, windowStart });
    expect(markdown).toContain('| newest window (from 2026-07-03) | 300 |');
    expect(markdown.match(/no drift beyond noise/g)).toHaveLength(1);
    expect(markdown).not.toContain('frozen part, 300 rows');
    expect(markdown).toContain('- another note');
  });

  it('escapes recorded text in Markdown and HTML in authored text', async () => {
    expect(markup((await renderCard(hostileRecord)).markdown)).toEqual([]);
    expect(markup((await renderCard(hostileAuthor)).markdown).filter((raw) => raw.startsWith('<'))).toEqual([]);
  });

  it('refuses a plot with an external reference and names it', async () => {
    const outside = { ...sampleCard.evaluation.plots[0]!, spec: { data: { url: '/etc/passwd' }, mark: 'point' } };
    const facts = { ...sampleCard, evaluation: { ...sampleCard.evaluation, plots: [outside] } };
    await expect(renderCard(facts)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(renderCard(facts)).rejects.toThrow(/ROC curve/);
  });

  it('renders without version, metrics, comparisons and plots', async () => {
    const empty: CardInput = {
      ...withModel({ outOfScope: [], limits: [], ethics: [] }),
      version: null,
      stage: null,
      decision: 'rejected',
      reasons: [],
      params: {},
      comparisons: [],
      gates: [],
      championVersion: null,
      evaluation: { metrics: [], slices: [], plots: [], notes: [] },
      dataset: { ...sampleCard.dataset, notes: [] },
    };
    const { html, markdown } = await renderCard(empty);
    expect(html).not.toMatch(/undefined|NaN|null/);
    expect(markdown).not.toMatch(/undefined|NaN|null|Plots|Slices/);
    expect(markdown).toContain('**rejected** · **line default**');
    expect(markdown).toContain('Champion: none yet.');
  });

  it('prints a metric without rows as not measurable with its reason, and draws no headline chart', async () => {
    const remark = 'no held-out month with spending';
    const missing = { direction: 'higher' as const, value: null, n: 0, remark };
    const evaluation = {
      ...sampleCard.evaluation,
      metrics: [{ name: 'aucRoc', ...missing }],
      slices: [{ name: 'women', metrics: [{ name: 'aucRoc', ...missing }] }],
    };
    const { html, markdown } = await renderCard({ ...sampleCard, evaluation });
    for (const text of [html, markdown]) {
      expect(text).toContain('not measurable');
      expect(text).toContain(remark);
      expect(text).not.toMatch(/aucRoc[^a-z]{0,12}0\.000/);
    }
    expect(html).not.toContain('<svg class="headline-chart"');
  });

  it('draws the headline chart for any numbers', async () => {
    for (const value of [0, -3, 1e-6, 1234567]) {
      const metrics = [{ name: 'aucRoc', value, direction: 'lower' as const, n: 3 }];
      const facts = { ...sampleCard, comparisons: [], evaluation: { ...sampleCard.evaluation, metrics, plots: [] } };
      const { html } = await renderCard(facts);
      expect(html).not.toMatch(/NaN|Infinity/);
      expect(html).toContain('class="value"');
    }
  });
});

describe('holdoutSentence', () => {
  it('describes both kinds of holdout', () => {
    expect(holdoutSentence(sampleCard.holdout)).toBe(
      '30 % of all values of entity_id, chosen by hash (salt credit-risk); rows of one value stay together',
    );
    expect(holdoutSentence({ kind: 'time', column: 'as_of', cut: Date.UTC(2026, 7, 1) })).toBe(
      'rows from 2026-08-01 on, by as_of',
    );
  });
});
