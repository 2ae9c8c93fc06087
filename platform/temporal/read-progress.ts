import type { WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages, progressReport, workflowIds } from '../../contracts/workflows.js';

/** Heartbeat details of a long step; see `ComputeContext.onProgress`. */
const heartbeat = z.object({ stage: z.string(), done: z.number(), total: z.number() });

type Line = ProgressReport['lines'][number];

/**
 * Progress of a running workflow, one line for each step or model; null when no worker answers the query. That is not a
 * failure: the workflow continues when a worker is available again.
 */
export async function readProgress(handle: WorkflowHandle): Promise<ProgressReport | null> {
  const report = await readReport(handle);
  if (report === null) return null;
  try {
    const lines = await Promise.all(report.lines.map((line) => addDetail(handle, line)));
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

/** Adds the progress of the child workflow or activity to a running line. */
async function addDetail(handle: WorkflowHandle, line: Line): Promise<Line> {
  if (line.state !== 'running') return line;
  const detail = (await childStep(handle, line.name)) ?? (await lastHeartbeat(handle));
  return detail === null ? line : { ...line, detail };
}

async function childStep(handle: WorkflowHandle, name: string): Promise<string | null> {
  const parent = handle.workflowId;
  const id = /^data( pipeline)?$/.test(name) ? workflowIds.dataPipelineOf(parent) : workflowIds.modelOf(parent, name);
  const child = handle.client.getHandle(id);
  const step = (await readReport(child))?.lines.find(({ state }) => state === 'running');
  if (step === undefined) return null;
  const detail = (await lastHeartbeat(child)) ?? step.detail;
  if (detail === '' || detail.startsWith(step.name)) return detail || step.name;
  return `${step.name}: ${detail}`;
}

/** The last heartbeat of a pending activity, such as `boosting 40 of 100`; null when there is none. */
async function lastHeartbeat(handle: WorkflowHandle): Promise<string | null> {
  const { raw } = await handle.describe();
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const parsed = parseHeartbeat(heartbeatDetails?.payloads?.[0]?.data);
    if (parsed !== null && parsed.total > 0) return `${parsed.stage} ${parsed.done} of ${parsed.total}`;
  }
  return null;
}

/** Parses a JSON payload; null for any other payload. */
function parseHeartbeat(data: Uint8Array | null | undefined): z.infer<typeof heartbeat> | null {
  if (!data) return null;
  try {
    return heartbeat.parse(JSON.parse(Buffer.from(data).toString('utf8')));
  } catch {
    return null;
  }
}
