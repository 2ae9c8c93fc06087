import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ModelRegistry } from '../../contracts/registry.js';
import type { CliContext } from '../program/context.js';
import { formatDuration } from '../output/format.js';
import { layOutLive } from '../output/live-table.js';
import type { ProgressBlock, ProgressView } from '../output/progress.js';
import { pause, withInterrupt } from '../program/interrupt.js';
import { aborted } from '../../platform/aborted.js';
import { absenceReason, serverAnswers } from '../../platform/temporal/absence.js';
import { progressOf, readCourse, type RunCourse } from '../../platform/temporal/read-progress.js';
import { progressLines } from '../output/progress-lines.js';
import { type DurationBook, openDurationBook } from './expected-durations.js';
import { liveTable } from './live-rows.js';

/** How waiting ended: with the workflow's result, or without it while the workflow goes on. */
export type Waited = { readonly status: 'ended'; readonly result: unknown } | { readonly status: 'detached' };

export interface FollowOptions {
  /** How long the command waits for a Temporal server that does not answer. @default ten minutes */
  readonly absenceMs?: number;
  /** Where earlier runs are read, from which the remaining time is estimated. @default none, and nothing is estimated */
  readonly registry?: Pick<ModelRegistry, 'listRuns'>;
}

/** A terminal is rewritten once a second; a log gets fewer lines. */
const terminalRefreshMs = 1000;
const logRefreshMs = 3000;
const ABSENCE_MS = 600_000;
/** Of a table that is not cut. */
const WIDE = 200;

/**
 * Waits for a workflow and shows where it is. The workflow goes on without the command after Ctrl-C, and when the server
 * has not answered for `absenceMs`; the command has no decision to report then, so it does not end with 0.
 * @throws what the workflow failed with.
 */
export function followRun(
  cli: CliContext,
  client: Client,
  workflowId: string,
  { absenceMs = ABSENCE_MS, registry }: FollowOptions = {},
): Promise<Waited> {
  const handle = client.workflow.getHandle(workflowId);
  return withInterrupt(async (interrupted) => {
    const over = new AbortController();
    const view = cli.out.progress();
    const watching = watch(view, handle, { over: over.signal, interrupted, registry });
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
      view.done();
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

interface Watch {
  readonly over: AbortSignal;
  readonly interrupted: AbortSignal;
  readonly registry: Pick<ModelRegistry, 'listRuns'> | undefined;
}

async function watch(view: ProgressView, handle: WorkflowHandle, options: Watch): Promise<void> {
  const { over, interrupted, registry = { listRuns: () => Promise.resolve([]) } } = options;
  const show = view.live ? liveBlocks(view, openDurationBook(registry, handle.workflowId)) : logBlock;
  const stop = AbortSignal.any([over, interrupted]);
  for (let last = false; !last;) {
    last = stop.aborted;
    const course = await readCourse(handle);
    const remark = course === null ? await silence(handle, stop) : null;
    if (interrupted.aborted) return;
    const block = show(handle.workflowId, course, remark);
    if (block !== null) view.update(block);
    if (!last) await pause(view.live ? terminalRefreshMs : logRefreshMs, stop);
  }
}

/** What is shown of a course, or of its absence and the reason; null for nothing new. */
type Blocks = (workflowId: string, course: RunCourse | null, remark: string | null) => ProgressBlock | null;

/** A log leaves out the steps that are still to come. */
const logBlock: Blocks = (workflowId, course, remark) => {
  if (remark !== null) return [workflowId, `  ${remark}`];
  if (course === null) return null;
  const { stage, lines } = progressOf(course);
  return [workflowId, ...progressLines({ stage, lines: lines.filter(({ state }) => state !== 'waiting') })];
};

/** A terminal shows a table; when there is no news it shows the last one, and why below it. */
function liveBlocks({ paint }: ProgressView, durations: DurationBook): Blocks {
  const started = Date.now();
  let known: RunCourse | null = null;
  return (workflowId, course, remark) => {
    known = course ?? known;
    const shown = known;
    const now = Date.now();
    // The age of the run, which may have begun long before the command.
    const since = Math.min(started, shown?.startedAt.getTime() ?? started);
    const head = `${paint.bold(workflowId)}  ${formatDuration(now - since)}`;
    const foot = remark === null ? [] : [paint.yellow(`  ${remark}`)];
    return (columns) => {
      const table = shown === null ? [] : layOutLive(liveTable(shown, { durations, now }), columns ?? WIDE, paint);
      return [head, ...table, ...foot];
    };
  };
}

/** Why there is no progress; null at the end, when there is nothing to say. */
async function silence({ client }: WorkflowHandle, stop: AbortSignal): Promise<string | null> {
  if (stop.aborted) return null;
  return (await serverAnswers(client))
    ? 'no worker answers; the run continues when one does (`ml status` shows them)'
    : 'the Temporal server does not answer; trying again';
}
