import type { WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages, progressReport, workflowIds } from '../../contracts/workflows.js';

/** What a long step reports while it computes; see `ComputeContext.onProgress`. */
const beat = z.object({ stage: z.string(), done: z.number(), total: z.number() });

type Line = ProgressReport['lines'][number];

/**
 * Where a running workflow is, one line a step or model; null when no worker answers at the moment, which is no
 * failure: the workflow goes on when one is back.
 */
export async function readProgress(handle: WorkflowHandle): Promise<ProgressReport | null> {
  const report = await readReport(handle);
  if (report === null) return null;
  try {
    const lines = await Promise.all(report.lines.map((line) => deepen(handle, line)));
    return { ...report, lines };
  } catch {
    return report;
  }
}

async function readReport(handle: WorkflowHandle): Promise<ProgressReport | null> {
  try {
    return progressReport.parse(await handle.query(messages.progress));
  } catch {
    return null;
  }
}

/** A running line says more when its child workflow or its activity does. */
async function deepen(handle: WorkflowHandle, line: Line): Promise<Line> {
  if (line.state !== 'running') return line;
  const detail = (await childStep(handle, line.name)) ?? (await lastBeat(handle));
  return detail === null ? line : { ...line, detail };
}

async function childStep(handle: WorkflowHandle, name: string): Promise<string | null> {
  const parent = handle.workflowId;
  const id = /^data( pipeline)?$/.test(name) ? workflowIds.dataPipelineOf(parent) : workflowIds.modelOf(parent, name);
  const child = handle.client.getHandle(id);
  const step = (await readReport(child))?.lines.find(({ state }) => state === 'running');
  if (step === undefined) return null;
  const detail = (await lastBeat(child)) ?? step.detail;
  if (detail === '' || detail.startsWith(step.name)) return detail || step.name;
  return `${step.name}: ${detail}`;
}

/** The last heartbeat of the activity that computes, such as `boosting 40 of 100`. */
async function lastBeat(handle: WorkflowHandle): Promise<string | null> {
  const { raw } = await handle.describe();
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const parsed = parseBeat(heartbeatDetails?.payloads?.[0]?.data);
    if (parsed !== null && parsed.total > 0) return `${parsed.stage} ${parsed.done} of ${parsed.total}`;
  }
  return null;
}

/** A heartbeat's payload is JSON; anything else is not for people. */
function parseBeat(data: Uint8Array | null | undefined): z.infer<typeof beat> | null {
  if (!data) return null;
  try {
    return beat.parse(JSON.parse(Buffer.from(data).toString('utf8')));
  } catch {
    return null;
  }
}
