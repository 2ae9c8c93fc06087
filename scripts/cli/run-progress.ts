import type { WorkflowHandle } from '@temporalio/client';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages, progressReport } from '../../contracts/workflows.js';

/**
 * Where a running workflow is, one line a step; null when no worker answers at the moment, which is no failure: the
 * workflow goes on when one is back.
 */
export async function readProgress(handle: WorkflowHandle): Promise<readonly string[] | null> {
  try {
    return await readReport(handle);
  } catch {
    return readStage(handle);
  }
}

async function readReport(handle: WorkflowHandle): Promise<readonly string[]> {
  return progressLines(progressReport.parse(await handle.query(messages.progress)));
}

/** Workflows of one model answer with their stage only. */
async function readStage(handle: WorkflowHandle): Promise<readonly string[] | null> {
  try {
    return [`  ${String(await handle.query(messages.trainingStage))}`];
  } catch {
    return null;
  }
}

/** `  name   state   detail`, set in columns. */
export function progressLines({ stage, lines }: ProgressReport): readonly string[] {
  if (lines.length === 0) return [`  ${stage}`];
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const stateWidth = Math.max(...lines.map(({ state }) => state.length));
  return lines.map(({ name, state, detail }) =>
    `  ${name.padEnd(nameWidth)}  ${state.padEnd(stateWidth)}  ${detail}`.trimEnd(),
  );
}
