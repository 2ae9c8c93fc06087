import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages, progressReport, workflowIds } from '../../contracts/workflows.js';
import { describeWaiting, waitingSteps } from './waiting-steps.js';

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

/** Time for a worker's answer; without the limit the client would try for half a minute while the server is away. */
const QUERY_MS = 8000;

async function readReport(handle: WorkflowHandle): Promise<ProgressReport | null> {
  const query = (): Promise<unknown> => handle.query(messages.progress);
  try {
    return progressReport.parse(await handle.client.withDeadline(Date.now() + QUERY_MS, query));
  } catch {
    return null;
  }
}

/** Adds the progress of the child workflow or activity to a running line. */
async function addDetail(handle: WorkflowHandle, line: Line): Promise<Line> {
  if (line.state !== 'running') return line;
  const detail = (await childStep(handle, line.name)) ?? (await pendingDetail(handle));
  return detail === null ? line : { ...line, detail };
}

async function childStep(handle: WorkflowHandle, name: string): Promise<string | null> {
  const parent = handle.workflowId;
  const id = /^data( pipeline)?$/.test(name) ? workflowIds.dataPipelineOf(parent) : workflowIds.modelOf(parent, name);
  const child = handle.client.getHandle(id);
  const step = (await readReport(child))?.lines.find(({ state }) => state === 'running');
  if (step === undefined) return null;
  const detail = (await pendingDetail(child)) ?? step.detail;
  if (detail === '' || detail.startsWith(step.name)) return detail || step.name;
  return `${step.name}: ${detail}`;
}

/** What a pending activity waits for, else its last heartbeat, such as `boosting 40 of 100`; null without either. */
async function pendingDetail(handle: WorkflowHandle): Promise<string | null> {
  const description = await handle.describe();
  const [waiting] = waitingSteps(description, Date.now());
  const heartbeat = lastHeartbeat(description);
  if (waiting === undefined) return heartbeat;
  // A repeated attempt that computes again shows its progress.
  const computes = waiting.failure !== null && waiting.pauseSeconds === null && heartbeat !== null;
  return computes ? `${heartbeat}, attempt ${waiting.attempt}` : describeWaiting(waiting);
}

function lastHeartbeat({ raw }: WorkflowExecutionDescription): string | null {
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
