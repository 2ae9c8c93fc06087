import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pipelineError } from '../../contracts/errors.js';
import type { RetrainingReport } from '../../contracts/reports.js';
import { writeReportFile } from '../cards/report-files.js';
import { printText } from '../output/print-text.js';
import type { CliContext, Connection } from '../program/context.js';

export interface ReportOptions {
  /** File to write to. */
  readonly html?: string;
  readonly markdown?: boolean;
  readonly open?: boolean;
}

/** Writes the report of a retraining as a file, or prints it as Markdown. @throws PipelineError `REPORT_NOT_FOUND`. */
export async function showReport(cli: CliContext, workflowId: string, options: ReportOptions): Promise<void> {
  const connection = await cli.connect();
  const { blobs } = connection.services;
  const report = await findReport(connection, workflowId);
  if (options.markdown === true) {
    const markdown = new TextDecoder().decode(await blobs.get(report.markdownHash));
    cli.out.result({ ...report, markdown }, () => printText(cli.out, markdown));
    return;
  }
  const path = await writeReport(cli, connection, report, options.html);
  if (path === null)
    throw pipelineError('REPORT_NOT_FOUND', {
      id: workflowId,
      why: 'its blob is lost; `ml data repair` lists what is',
    });
  if (options.open === true) openInBrowser(path);
  cli.out.result({ ...report, path }, () => cli.out.line(path));
}

/** The report of a retraining, also by the id of one of its runs. @throws PipelineError `REPORT_NOT_FOUND`. */
async function findReport({ services: { reports } }: Connection, workflowId: string): Promise<RetrainingReport> {
  const report = (await reports.findReport(workflowId)) ?? (await reports.findReport(parentOf(workflowId)));
  if (report !== null) return report;
  const why = 'only a retraining that has ended has one, unless it was terminated or is older than reports';
  throw pipelineError('REPORT_NOT_FOUND', { id: workflowId, why });
}

const parentOf = (workflowId: string): string => workflowId.replace(/\/[^/]+$/, '');

/** @param file - null or absent: beside the cards.  @returns its path, or null when its blob is lost. */
async function writeReport(
  { config }: CliContext,
  { services: { blobs, registry } }: Connection,
  report: RetrainingReport,
  file?: string,
): Promise<string | null> {
  const runs = await registry.listRuns({ workflowId: report.workflowId });
  const path = file === undefined ? null : resolve(file);
  return writeReportFile(blobs, config.home, { report, runs, path });
}

/** Writes the report of a retraining beside the cards. @returns its path, or null when there is none. */
export async function writeReportOf(
  cli: CliContext,
  connection: Connection,
  workflowId: string,
): Promise<string | null> {
  const report = await connection.services.reports.findReport(workflowId);
  return report === null ? null : writeReport(cli, connection, report);
}

/** By the desktop's own program, which goes on without this command; without one the printed path is left. */
function openInBrowser(path: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opened = spawn(program, [path], { detached: true, stdio: 'ignore' });
  opened.on('error', () => undefined);
  opened.unref();
}
