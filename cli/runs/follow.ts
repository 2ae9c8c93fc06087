import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ProgressReport } from '../../contracts/workflows.js';
import type { CliContext } from '../program/context.js';
import { formatDuration } from '../output/format.js';
import { aborted, pause, withInterrupt } from '../program/interrupt.js';
import { readProgress } from '../../platform/temporal/read-progress.js';
import { progressLines } from '../output/progress-lines.js';

/** How waiting ended: with the workflow's result, or by Ctrl-C while the workflow goes on. */
export type Waited = { readonly status: 'ended'; readonly result: unknown } | { readonly status: 'detached' };

/** A terminal is rewritten once a second; a log gets fewer lines. */
const terminalRefreshMs = 1000;
const logRefreshMs = 3000;

/**
 * Waits for a workflow and shows where it is. After Ctrl-C the workflow goes on; the command has no decision to report
 * then, so it does not end with 0.
 * @throws what the workflow failed with.
 */
export function followRun(cli: CliContext, client: Client, workflowId: string): Promise<Waited> {
  const handle = client.workflow.getHandle(workflowId);
  return withInterrupt(async (interrupted) => {
    const over = new AbortController();
    const watching = watch(cli, handle, { over: over.signal, interrupted });
    try {
      const ended = await endOrInterrupted(handle, interrupted);
      if (ended !== null) return ended;
      cli.exitWith(130);
      return { status: 'detached' };
    } finally {
      over.abort();
      if (!interrupted.aborted) await watching;
    }
  });
}

async function endOrInterrupted(handle: WorkflowHandle, interrupted: AbortSignal): Promise<Waited | null> {
  const ended = handle.result().then((result: unknown): Waited => ({ status: 'ended', result }));
  // After detaching the result is not awaited; without this a failure would be an unhandled rejection.
  ended.catch(() => undefined);
  return Promise.race([ended, aborted(interrupted).then(() => null)]);
}

/** A terminal shows the steps that are still to come; a log leaves them out. */
const shownLines = (report: ProgressReport, terminal: boolean): ProgressReport =>
  terminal ? report : { ...report, lines: report.lines.filter(({ state }) => state !== 'waiting') };

interface WatchSignals {
  readonly over: AbortSignal;
  readonly interrupted: AbortSignal;
}

async function watch({ out }: CliContext, handle: WorkflowHandle, { over, interrupted }: WatchSignals): Promise<void> {
  const terminal = process.stderr.isTTY;
  const view = out.progress();
  const started = Date.now();
  const stop = AbortSignal.any([over, interrupted]);
  for (let last = false; !last;) {
    last = stop.aborted;
    const report = await readProgress(handle);
    if (interrupted.aborted) return;
    const clock = terminal ? `  ${formatDuration(Date.now() - started)}` : '';
    if (report !== null) view.update([`${handle.workflowId}${clock}`, ...progressLines(shownLines(report, terminal))]);
    if (!last) await pause(terminal ? terminalRefreshMs : logRefreshMs, stop);
  }
  view.done();
}
