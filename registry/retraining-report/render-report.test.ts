import { describe, expect, it } from 'vitest';
import { sampleModel, sampleReport, sampleRun } from '../../tests/support/sample-report.js';
import { renderReport } from './render-report.js';

/** Rows of the Markdown tables that begin with this cell. */
const rowsOf = (markdown: string, first: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith(`| ${first} |`))
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('renderReport', () => {
  it('gives equal bytes for equal facts', async () => {
    expect(await renderReport(structuredClone(sampleReport))).toEqual(await renderReport(sampleReport));
  });

  it('sets each metric beside target, baseline and champion, and says how each model ended', async () => {
    const { markdown } = await renderReport(sampleReport);
    const [credit] = rowsOf(markdown, 'credit-risk-scorer');
    expect(credit).toEqual(
      expect.arrayContaining(['registered', '1.1.0', 'aucRoc ↑', 'aucRoc ≥ 0.8', '0.5000', '0.8267 (1.0.2)']),
    );
    expect(credit!.join()).toContain('0.8421 (0.8082 to 0.8761)');
    expect(rowsOf(markdown, 'financial-ner')[0]).toContain('failed');
  });

  it('states the rule that held, the stated reason and the stage', async () => {
    const { markdown } = await renderReport(sampleReport);
    for (const words of [
      'change: better than 1.0.2',
      'stated reason: deeper trees',
      'stage staging, production awaits approval',
      'CHILD\\_OUT\\_OF\\_MEMORY: job fitModel needs more than 2048 MB',
    ])
      expect(markdown).toContain(words);
  });

  it('shows dates, counts and quarantined rows of the data', async () => {
    const { markdown } = await renderReport(sampleReport);
    expect(markdown).toContain('As of: 2026-11-23 03:00 UTC');
    expect(markdown).toContain('First and last event: 2023-11-01 to 2026-11-23');
    expect(markdown).toContain('passed: 0 of 2846 rows quarantined');
    expect(rowsOf(markdown, 'transactions')[0]).toContain('120411');
    expect(rowsOf(markdown, 'credit-risk-scorer').join()).toContain('passed: 3 of 2846 rows quarantined (0.1054 %)');
    expect(rowsOf(markdown, 'credit-risk-scorer').join()).toContain('loan l17: found 180, wanted at most 100');
  });

  it('adds up the usage, with a cost only where there is a price', async () => {
    const { markdown } = await renderReport(sampleReport);
    expect(rowsOf(markdown, 'whole')[0]).toEqual(['', 'whole', '4 min 05 s', '60.0 s', '412 MB', '']);
    expect(rowsOf(markdown, 'data pipeline')[0]).toContain('6.0 s');
    expect(markdown).not.toContain('Cost');
    const price = { anHour: 0.06, currency: 'EUR' };
    const { markdown: priced } = await renderReport({ ...sampleReport, price });
    expect(rowsOf(priced, 'whole')[0]).toContain('0.0010 EUR');
    expect(rowsOf(priced, 'plan, promotion')[0]).toContain('&lt; 0.0001 EUR');
    expect(priced).toContain('Cost: 0.06 EUR an hour of one core.');
  });

  it('names what was reused and what is different from the retraining before', async () => {
    const { markdown } = await renderReport(sampleReport);
    expect(rowsOf(markdown, 'spending-predictor').join()).toContain(
      'fitModel,weekly-retraining-2026-11-16T03-00/spending-predictor',
    );
    expect(markdown).toContain('before: weekly-retraining-2026-11-16T03-00, started on 2026-11-16');
    expect(rowsOf(markdown, 'rows of transactions')[0]).toEqual([
      '',
      'rows of transactions',
      '118002',
      '120411',
      '+2409',
      '',
    ]);
    expect(rowsOf(markdown, 'parameter maxDepth')[0]).toEqual(['', 'parameter maxDepth', '5', '6', '–', '']);
    expect(rowsOf(markdown, 'code')[0]).toEqual(expect.arrayContaining(['0.1.0+0000000', '0.1.0+4f2a9c1']));
    expect(rowsOf(markdown, 'aucRoc')[0]).toContain('+0.0121');
    expect(rowsOf(markdown, 'rows of users')).toEqual([]);
  });

  it('says so when there is nothing to tell', async () => {
    const models = [sampleModel({ run: null, quality: null, promotion: null })];
    const end = { status: 'cancelled' as const, reasons: ['CANCELLED: the run was cancelled'], models };
    const nothing = { snapshot: null, former: null, reusedData: [], usage: [] };
    const { markdown } = await renderReport({ ...sampleReport, ...end, ...nothing });
    for (const words of [
      'the retraining ended before it was started',
      'No snapshot was taken for all models.',
      'Nothing: every step was computed.',
      'No retraining of this line came before.',
    ])
      expect(markdown).toContain(words);
    expect(rowsOf(markdown, 'whole')).toHaveLength(1);
  });

  it('is one small file that fetches nothing, with links to the cards', async () => {
    const models = Array.from({ length: 20 }, (_, i) =>
      sampleModel({
        modelName: `model-${i}`,
        run: sampleRun({ modelName: `model-${i}`, reasons: ['<script>x</script>'] }),
      }),
    );
    const { html } = await renderReport({ ...sampleReport, line: 'synthetic', models });
    expect(html.length).toBeLessThan(400_000);
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=/i);
    expect(html).toContain(`<a href="${'f6'.repeat(32)}">model-0</a>`);
    expect(html).toContain('SYNTHETIC DATA. ');
  });
});
