import type { ReportActivities } from '../contracts/reports.js';
import { writeReportInput } from '../contracts/reports.js';
import { renderReport } from '../registry/retraining-report/render-report.js';
import type { ReportActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { reportFacts } from './report-facts.js';

/** The report has no plots, so that it is drawn in the worker. A repeated step replaces its report. */
export const createReportActivities = (deps: ReportActivityDeps): ReportActivities => ({
  async writeReport(given) {
    const input = parse(writeReportInput, given);
    const facts = await reportFacts(deps, input);
    const { html, markdown } = await renderReport(facts);
    const text = new TextEncoder();
    const { hash: htmlHash } = await deps.blobs.put(text.encode(html));
    const { hash: markdownHash } = await deps.blobs.put(text.encode(markdown));
    const { runKey, workflowId, source, line, status } = input;
    const { startedAt, endedAt } = facts;
    await deps.reports.record({
      ...{ runKey, workflowId, source, line, status },
      ...{ htmlHash, markdownHash, startedAt, endedAt },
    });
    return { htmlHash };
  },
});
