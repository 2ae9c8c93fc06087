import type { Client, WorkflowHandle } from '@temporalio/client';
import type { CliContext } from './context.js';
import { formatDuration } from './format.js';
import { aborted, pause, withInterrupt } from './interrupt.js';
import { readProgress } from './run-progress.js';

/** What waiting came to: the workflow's result, or the reader left and the workflow goes on. */
export type Waited = { readonly status: 'ended'; readonly result: unknown } | { readonly status: 'detached' };

/** A terminal is rewritten once a second; a log gets fewer lines. */
const terminalRefreshMs = 1000;
const logRefreshMs = 3000;

/**
 * Waits for a workflow and shows where it is. Ctrl-C leaves the workflow running and says how to follow it.
 * @throws what the workflow failed with.
 */
export function followRun(cli: CliContext, client: Client, workflowId: string): Promise<Waited> {
  const handle = client.workflow.getHandle(workflowId);
  return withInterrupt(async (interrupted) => {
    const over = new AbortController();
    const watching = watch(cli, handle, AbortSignal.any([interrupted, over.signal]));
    try {
      return await endOrDetach(handle, interrupted);
    } finally {
      over.abort();
      await watching;
      if (interrupted.aborted) sayDetached(cli, workflowId);
    }
  });
}

async function endOrDetach(handle: WorkflowHandle, interrupted: AbortSignal): Promise<Waited> {
  const ended = handle.result().then((result: unknown): Waited => ({ status: 'ended', result }));
  // After detaching nobody waits for it any more.
  ended.catch(() => undefined);
  return Promise.race([ended, aborted(interrupted).then((): Waited => ({ status: 'detached' }))]);
}

async function watch({ out }: CliContext, handle: WorkflowHandle, over: AbortSignal): Promise<void> {
  const terminal = process.stderr.isTTY;
  const view = out.progress();
  const started = Date.now();
  while (!over.aborted) {
    const lines = await readProgress(handle);
    const clock = terminal ? `  ${formatDuration(Date.now() - started)}` : '';
    if (lines !== null) view.update([`${handle.workflowId}${clock}`, ...lines]);
    await pause(terminal ? terminalRefreshMs : logRefreshMs, over);
  }
  const last = await readProgress(handle);
  if (last !== null) view.update([handle.workflowId, ...last]);
  view.done();
}

function sayDetached({ out }: CliContext, workflowId: string): void {
  out.notice(`${workflowId} goes on without this command. Follow it with: ml runs show ${workflowId} --follow`);
}
