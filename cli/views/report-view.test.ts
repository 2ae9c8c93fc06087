import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../contracts/registry.js';
import type { RetrainingReport } from '../../contracts/reports.js';
import { renderReport } from '../../registry/retraining-report/render-report.js';
import { storeCurves } from '../../training/learning-curves.js';
import { createMemoryBlobStore } from '../../tests/support/memory-step-log.js';
import { sampleReport, sampleRun } from '../../tests/support/sample-report.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { compareRuns } from './compare-view.js';
import { type ReportOptions, showReport, writeReportOf } from './report-view.js';

const home = mkdtempSync(join(tmpdir(), 'ml-report-view-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const { workflowId } = sampleReport;
const blobs = createMemoryBlobStore();
let report: RetrainingReport;
beforeAll(async () => {
  const put = async (text: string) => (await blobs.put(new TextEncoder().encode(text))).hash;
  const { html, markdown } = await renderReport(sampleReport);
  report = {
    ...{ runKey: 'key', workflowId, source: 'backend', line: 'default', status: 'failed' },
    ...{ htmlHash: await put(html), markdownHash: await put(markdown) },
    ...{ startedAt: sampleReport.startedAt, endedAt: sampleReport.endedAt },
  };
});

/** Runs a command over these runs and returns what it prints. */
async function run(command: (cli: CliContext) => Promise<unknown>, runs: readonly RunRecord[] = []): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  const services = {
    blobs,
    reports: { findReport: async (id: string) => (id === workflowId ? report : null) },
    registry: {
      listRuns: ({ workflowId, workflowIds = [] }: { workflowId?: string; workflowIds?: readonly string[] }) =>
        Promise.resolve(runs.filter((run) => [workflowId, ...workflowIds].includes(run.workflowId))),
    },
    usage: { listUsage: async () => sampleReport.usage },
  };
  const cli = { out, config: { home }, connect: async () => ({ services }) } as unknown as CliContext;
  await command(cli);
  return text;
}
const show = (id: string, options: ReportOptions = {}): Promise<string> => run((cli) => showReport(cli, id, options));

describe('ml runs report', () => {
  it('writes the report beside the cards and prints its path, also by the id of a run', async () => {
    const path = join(home, 'cards', `report-${workflowId}.html`);
    expect(await show(workflowId)).toBe(`${path}\n`);
    expect(readFileSync(path, 'utf8')).toContain('Retraining report');
    expect(await show(`${workflowId}/credit-risk-scorer`)).toBe(`${path}\n`);
  });

  it('writes it to a file, or prints it as Markdown', async () => {
    const file = join(home, 'report.html');
    expect(await show(workflowId, { html: file })).toBe(`${file}\n`);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
    expect(await show(workflowId, { markdown: true })).toMatch(new RegExp(`^# ${workflowId}`));
  });

  it('refuses a retraining without a report, and says so of a lost one', async () => {
    await expect(show('retraining-of-old')).rejects.toMatchObject({ code: 'REPORT_NOT_FOUND' });
    const present = report;
    report = { ...report, htmlHash: 'd'.repeat(64) };
    await expect(show(workflowId)).rejects.toThrow('its blob is lost');
    report = present;
  });

  it('is written by a command that waited for the retraining, where there is one', async () => {
    const paths: unknown[] = [];
    await run(async (cli) => {
      for (const id of [workflowId, 'another']) paths.push(await writeReportOf(cli, await cli.connect(), id));
    });
    expect(paths).toEqual([join(home, 'cards', `report-${workflowId}.html`), null]);
  });
});

describe('ml runs compare', () => {
  it('prints three runs side by side and writes a page with their learning curves', async () => {
    const curves = await storeCurves(blobs, [
      {
        stage: 'boosting',
        points: [
          { step: 1, loss: 0.6 },
          { step: 2, loss: 0.5 },
        ],
      },
    ]);
    const runs = ['a', 'b', 'c'].map((id, i) =>
      sampleRun({
        workflowId: id,
        evaluationHash: null,
        params: { maxDepth: i },
        curvesHash: i === 0 ? curves!.hash : null,
      }),
    );
    const file = join(home, 'comparison.html');
    const text = await run((cli) => compareRuns(cli, ['a', 'b', 'c'], file), runs);
    expect(text).toMatch(/a +b +c +first to last/);
    expect(text).toMatch(/maxDepth +0 +1 +2/);
    expect(text.trimEnd().endsWith(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('Learning curve: boosting');
  });

  it('refuses runs of different models, and unknown ones', async () => {
    const runs = [sampleRun({ workflowId: 'a' }), sampleRun({ workflowId: 'b', modelName: 'financial-ner' })];
    await expect(run((cli) => compareRuns(cli, ['a', 'b']), runs)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(run((cli) => compareRuns(cli, ['a', 'x']), runs)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
