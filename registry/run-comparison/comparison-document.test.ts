import { describe, expect, it } from 'vitest';
import { sampleRun } from '../../tests/support/sample-report.js';
import { type ComparedRun, renderComparison } from './comparison-document.js';

const [metric] = sampleRun().metrics;
const curve = (scale: number) => ({
  stage: 'boosting',
  points: [1, 2, 3].map((step) => ({ step, loss: scale / step })),
});
const runs: ComparedRun[] = [
  { run: sampleRun(), curves: [curve(0.7)], usage: { cpuSeconds: 53.9, peakMemoryMb: 412 } },
  {
    run: sampleRun({
      workflowId: 'train-2026-11-24',
      params: { maxDepth: 3, learningRate: 0.1 },
      metrics: [{ ...metric!, value: 0.85 }],
      version: '1.2.0',
    }),
    curves: [curve(0.5)],
    usage: null,
  },
  { run: sampleRun({ workflowId: 'old', status: 'failed', metrics: [], dataset: null }), curves: [], usage: null },
];
const comparison = { modelName: 'credit-risk-scorer', runs, remarks: ['different datasets'] };

const rowOf = (markdown: string, first: string): string[] =>
  markdown
    .split('\n')
    .find((line) => line.startsWith(`| ${first} |`))!
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);

describe('renderComparison', () => {
  it('sets metrics side by side and marks the best', async () => {
    const { markdown } = await renderComparison(comparison);
    const [, first, second, third] = rowOf(markdown, 'aucRoc ↑');
    expect([first, second, third]).toEqual(['0.8421 (0.8082 to 0.8761)', '0.8500 (0.8082 to 0.8761) ✓', '–']);
    expect(markdown).toContain('different datasets');
  });

  it('marks parameters, data and facts that differ, and puts the differing first', async () => {
    const { markdown } = await renderComparison(comparison);
    expect(rowOf(markdown, 'maxDepth')).toEqual(['maxDepth', '6', '3', '6', '≠ differs']);
    expect(rowOf(markdown, 'learningRate')).toEqual(['learningRate', '0.1', '0.1', '0.1', 'same']);
    expect(markdown.indexOf('| maxDepth |')).toBeLessThan(markdown.indexOf('| learningRate |'));
    expect(rowOf(markdown, 'CPU')).toEqual(['CPU', '53.9 s', '–', '–', '≠ differs']);
    expect(rowOf(markdown, 'version')).toEqual(['version', '1.1.0', '1.2.0', '1.1.0', '≠ differs']);
  });

  it('draws the learning curves of one stage together, in one small file that fetches nothing', async () => {
    const { html, markdown } = await renderComparison(comparison);
    expect(html.match(/<figure>/g)).toHaveLength(1);
    expect(html).toContain('Learning curve: boosting');
    expect(markdown).toContain('No learning curve was recorded of C');
    expect(html.length).toBeLessThan(400_000);
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=/i);
  });

  it('gives equal bytes for equal runs', async () => {
    expect(await renderComparison(structuredClone(comparison))).toEqual(await renderComparison(comparison));
  });
});
