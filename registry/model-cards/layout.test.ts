import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserProgram, documentOf } from '../../tests/support/browser.js';
import { sampleCard } from '../../tests/support/sample-card.js';
import { renderComparison } from '../run-comparison/comparison-document.js';
import { sampleReport, sampleRun } from '../../tests/support/sample-report.js';
import { renderReport } from '../retraining-report/render-report.js';
import { renderCard } from './render-card.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-card-layout-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of slices and metrics as long as real ones, and a table with more columns than paper carries. */
const columns = ['group', 'n', 'approved', 'of good loans', 'of bad loans', 'ratio', '95 % interval', 'p', 'rule'];
const table = {
  title: 'Equal treatment',
  caption: 'How the groups are treated.',
  columns: columns.map((title, i) => ({ title, numeric: i > 0 && i < 8 })),
  rows: [
    [
      'ageYears: up to 25',
      '47',
      '72.3 %',
      '88.9 %',
      '18.2 %',
      '0.925',
      '0.779 to 1.280',
      '0.310',
      'no difference beyond chance',
    ],
  ],
};

/** Elements of the page that reach over its right edge, or whose content is cut. */
const MEASURE = `<script>
const hidden = (head) => head !== null && getComputedStyle(head).position === 'absolute';
const cut = [...document.querySelectorAll('main *')].filter((element) => !hidden(element.closest('thead'))).filter((element) =>
  element.getBoundingClientRect().right > innerWidth + 1 ||
  (element.className === 'scroll' && element.scrollWidth > element.clientWidth + 1));
document.title = 'cut: ' + cut.map((element) => element.tagName + ' ' + element.textContent.slice(0, 40)).join('; ');
</script>`;

const pages = {
  'model card': () =>
    renderCard({ ...sampleCard, line: 'synthetic', evaluation: { ...sampleCard.evaluation, tables: [table] } }),
  'report of a retraining': () => renderReport({ ...sampleReport, line: 'synthetic' }),
  'comparison of runs': () => {
    const run = sampleRun({ line: 'synthetic', workflowId: 'backfill-generated-2026-10-12T03-00Z/credit-risk-scorer' });
    const runs = Array.from({ length: 4 }, () => ({ run, curves: [], usage: null }));
    return renderComparison({ modelName: 'credit-risk-scorer', runs, remarks: [] });
  },
};
const names = Object.keys(pages) as (keyof typeof pages)[];

describe.skipIf(browserProgram === null).each(names)('a %s in a browser (skipped without a Chromium)', (name) => {
  let html = '';
  beforeAll(async () => {
    const page = await pages[name]();
    html = page.html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '') + MEASURE;
  });

  async function titleAt(width: number, page: string): Promise<string> {
    const file = join(folder, `${width}.html`);
    writeFileSync(file, page);
    const found = await documentOf({ url: pathToFileURL(file).href, width });
    return /<title>([^<]*)/.exec(found)?.[1] ?? 'no document';
  }

  // Chromium's windows are at least 500 pixels wide unless it is told to be a telephone; a frame is as narrow as wanted.
  const framed = (page: string, width: number): string =>
    page.replace('<style>', `<style>html { width: ${width}px; }`).replaceAll('innerWidth', String(width));

  /** The page by its rules for paper, on a screen. */
  const onPaper = (page: string): string =>
    page.replaceAll('@media print', '@media all').replaceAll('@media screen', '@media print');

  it('cuts nothing at 1280 pixels', async () => {
    expect(await titleAt(1280, html)).toBe('cut: ');
  });

  it('cuts nothing on a telephone of 360 pixels', async () => {
    expect(await titleAt(360, framed(html, 360))).toBe('cut: ');
  });

  it('cuts nothing on a sheet of A4, whose text is 180 mm wide', async () => {
    expect(await titleAt(680, framed(onPaper(html), 680))).toBe('cut: ');
  });

  it('notices what is cut', async () => {
    const broken = framed(html, 360).replaceAll('(max-width: 44rem)', '(max-width: 1px)');
    expect(await titleAt(361, broken)).toMatch(/^cut: \w/);
  });
});
