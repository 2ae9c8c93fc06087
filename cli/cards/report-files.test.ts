import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RetrainingReport } from '../../contracts/reports.js';
import { createMemoryBlobStore } from '../../tests/support/memory-step-log.js';
import { sampleReport, sampleRun } from '../../tests/support/sample-report.js';
import { renderReport } from '../../registry/retraining-report/render-report.js';
import { writeReportFile } from './report-files.js';
import { htmlWithReport, reportFileName } from './report-link.js';

const home = mkdtempSync(join(tmpdir(), 'ml-report-files-'));
afterAll(() => rmSync(home, { recursive: true }));

const { workflowId } = sampleReport;

async function stored() {
  const blobs = createMemoryBlobStore();
  const put = async (text: string) => (await blobs.put(new TextEncoder().encode(text))).hash;
  const run = sampleRun({ cardHash: await put('<!doctype html>the card') });
  const { html, markdown } = await renderReport({
    ...sampleReport,
    models: [{ ...sampleReport.models[0]!, run }],
  });
  const report: RetrainingReport = {
    ...{ runKey: 'key', workflowId, source: 'backend', line: 'default', status: 'completed' },
    ...{ htmlHash: await put(html), markdownHash: await put(markdown) },
    ...{ startedAt: sampleReport.startedAt, endedAt: sampleReport.endedAt },
  };
  return { blobs, run, report };
}

it('writes a report beside the cards, with links to their files', async () => {
  const { blobs, run, report } = await stored();
  const path = await writeReportFile(blobs, home, { report, runs: [run], path: null });
  expect(path).toBe(join(home, 'cards', `report-${workflowId}.html`));
  expect(readFileSync(path!, 'utf8')).toContain('<a href="credit-risk-scorer-1.1.0.html">credit-risk-scorer</a>');
  expect(readFileSync(join(home, 'cards/credit-risk-scorer-1.1.0.html'), 'utf8')).toContain('the card');
});

it('writes it elsewhere with paths to the cards, and leaves a card alone that is there', async () => {
  const { blobs, run, report } = await stored();
  const card = join(home, 'cards/credit-risk-scorer-1.1.0.html');
  writeFileSync(card, 'with its present stage');
  const path = await writeReportFile(blobs, home, { report, runs: [run], path: join(home, 'mine.html') });
  expect(readFileSync(path!, 'utf8')).toContain('<a href="cards/credit-risk-scorer-1.1.0.html">');
  expect(readFileSync(card, 'utf8')).toBe('with its present stage');
});

it('writes nothing when the report is lost', async () => {
  const { blobs, run, report } = await stored();
  blobs.lose(report.htmlHash);
  expect(await writeReportFile(blobs, home, { report, runs: [run], path: null })).toBeNull();
});

it('links the report in a card where it lies beside it', async () => {
  const card = `<dd><code>ml runs report ${workflowId}</code></dd>`;
  expect(htmlWithReport(card, join(home, 'cards'))).toBe(
    `<dd><a href="${reportFileName(workflowId)}"><code>ml runs report ${workflowId}</code></a></dd>`,
  );
  expect(htmlWithReport(card, home)).toBe(card);
});
