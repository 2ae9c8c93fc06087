import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ProgressReport } from '../../contracts/workflows.js';
import type { CliContext } from '../program/context.js';
import { formatDuration } from '../output/format.js';
import { aborted, pause, withInterrupt } from '../program/interrupt.js';
import { absenceReason, serverAnswers } from '../../platform/temporal/absence.js';
import { readProgress } from '../../platform/temporal/read-progress.js';
import { progressLines } from '../output/progress-lines.js';

/** How waiting ended: with the workflow's result, or without it while the workflow goes on. */
export type Waited = { readonly status: 'ended'; readonly result: unknown } | { readonly status: 'detached' };

export interface FollowOptions {
  /** How long the command waits for a Temporal server that does not answer. @default ten minutes */
  readonly absenceMs?: number;
}

/** A terminal is rewritten once a second; a log gets fewer lines. */
const terminalRefreshMs = 1000;
const logRefreshMs = 3000;
const ABSENCE_MS = 600_000;

/**
 * Waits for a workflow and shows where it is. The workflow goes on without the command after Ctrl-C, and when the server
 * has not answered for `absenceMs`; the command has no decision to report then, so it does not end with 0.
 * @throws what the workflow failed with.
 */
export function followRun(
  cli: CliContext,
  client: Client,
  workflowId: string,
  { absenceMs = ABSENCE_MS }: FollowOptions = {},
): Promise<Waited> {
  const handle = client.workflow.getHandle(workflowId);
  return withInterrupt(async (interrupted) => {
    const over = new AbortController();
    const watching = watch(cli, handle, { over: over.signal, interrupted });
    try {
      const ended = await Promise.race([
        resultOf(handle, { absenceMs, stop: AbortSignal.any([over.signal, interrupted]) }),
        aborted(interrupted).then((): Waited => ({ status: 'detached' })),
      ]);
      if (ended.status === 'detached') cli.exitWith(130);
      return ended;
    } finally {
      over.abort();
      if (!interrupted.aborted) await watching;
    }
  });
}

interface WaitLimits {
  readonly absenceMs: number;
  readonly stop: AbortSignal;
}

/** The result, asked for again when the server was away in between; `detached` when it stays away. */
function resultOf(handle: WorkflowHandle, limits: WaitLimits): Promise<Waited> {
  const ended = askUntilAnswered(handle, limits);
  // After detaching the result is not awaited; without this a failure would be an unhandled rejection.
  ended.catch(() => undefined);
  return ended;
}

async function askUntilAnswered(handle: WorkflowHandle, limits: WaitLimits): Promise<Waited> {
  for (;;) {
    try {
      return { status: 'ended', result: await handle.result() };
    } catch (fault) {
      if (absenceReason(fault) === null) throw fault;
    }
    if (!(await answersWithin(handle, limits))) return { status: 'detached' };
  }
}

async function answersWithin({ client }: WorkflowHandle, { absenceMs, stop }: WaitLimits): Promise<boolean> {
  const deadline = Date.now() + absenceMs;
  while (Date.now() < deadline && !stop.aborted) {
    await pause(terminalRefreshMs, stop);
    if (await serverAnswers(client)) return true;
  }
  return false;
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
    const lines = report === null ? await silence(handle, stop) : progressLines(shownLines(report, terminal));
    if (interrupted.aborted) return;
    const clock = terminal ? `  ${formatDuration(Date.now() - started)}` : '';
    if (lines.length > 0) view.update([`${handle.workflowId}${clock}`, ...lines]);
    if (!last) await pause(terminal ? terminalRefreshMs : logRefreshMs, stop);
  }
  view.done();
}

/** Why there is no progress; nothing to say at the end. */
async function silence({ client }: WorkflowHandle, stop: AbortSignal): Promise<readonly string[]> {
  if (stop.aborted) return [];
  return (await serverAnswers(client))
    ? ['  no worker answers; the run continues when one does (`ml status` shows them)']
    : ['  the Temporal server does not answer; trying again'];
}
