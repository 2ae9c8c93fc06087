import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import type { ProgressReport } from '../../contracts/workflows.js';
import { messages, progressReport, workflowIds } from '../../contracts/workflows.js';
import { describeWaiting, type WaitingStep, waitingSteps } from './waiting-steps.js';

/** Heartbeat details of a long step; see `ComputeContext.onProgress`. */
const heartbeat = z.object({ stage: z.string(), done: z.number(), total: z.number() });
type Heartbeat = z.infer<typeof heartbeat>;

type Line = ProgressReport['lines'][number];

/** What the pending steps of a workflow do. */
export interface PendingWork {
  readonly waiting: WaitingStep | null;
  readonly heartbeat: Heartbeat | null;
}

/** A line of the progress report, and for a running one what goes on below it. */
export interface LineCourse extends Line {
  /** The child workflow of the line; null when the line is a step of the run itself, or does not run. */
  readonly child: { readonly startedAt: Date; readonly lines: readonly Line[] } | null;
  readonly pending: PendingWork | null;
}

/** Where a running workflow is, down to the pending steps of its children. */
export interface RunCourse {
  readonly workflowId: string;
  readonly startedAt: Date;
  /** Of a workflow about one model; null for any other. */
  readonly modelName: string | null;
  readonly stage: string;
  readonly lines: readonly LineCourse[];
}

/**
 * Progress of a running workflow, one line for each step or model; null when no worker answers the query. That is not a
 * failure: the workflow continues when a worker is available again.
 */
export async function readProgress(handle: WorkflowHandle): Promise<ProgressReport | null> {
  const course = await readCourse(handle);
  return course === null ? null : progressOf(course);
}

/** The course without what goes on below each line, which its `detail` sums up. */
export const progressOf = ({ stage, lines }: RunCourse): ProgressReport => ({
  stage,
  lines: lines.map(({ name, state, detail }) => ({ name, state, detail })),
});

/** Like `readProgress`, with what the detail of a running line is made from. */
export async function readCourse(handle: WorkflowHandle): Promise<RunCourse | null> {
  const report = await readReport(handle);
  if (report === null) return null;
  const about = { workflowId: handle.workflowId, stage: report.stage };
  try {
    const description = await handle.describe();
    const lines = await Promise.all(report.lines.map((line) => courseOf(handle, description, line)));
    return { ...about, startedAt: description.startTime, modelName: modelOf(description), lines };
  } catch {
    const lines = report.lines.map((line) => ({ ...line, ...nothingBelow }));
    return { ...about, startedAt: new Date(), modelName: null, lines };
  }
}

const nothingBelow = { child: null, pending: null };

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

/** Adds to a running line what its child workflow or its pending step does. */
async function courseOf(
  handle: WorkflowHandle,
  description: WorkflowExecutionDescription,
  line: Line,
): Promise<LineCourse> {
  if (line.state !== 'running') return { ...line, ...nothingBelow };
  const id = childOf(description, line.name);
  if (id !== null) return childCourse(handle.client.getHandle(id), line);
  const pending = pendingWork(description);
  return { ...line, child: null, pending, detail: pendingDetail(pending) ?? line.detail };
}

/** Id of the running child that a line stands for; null when the line is a step of the run itself. */
function childOf({ workflowId: parent, raw }: WorkflowExecutionDescription, name: string): string | null {
  const id = /^data( pipeline)?$/.test(name) ? workflowIds.dataPipelineOf(parent) : workflowIds.modelOf(parent, name);
  const runs = (raw.pendingChildren ?? []).some(({ workflowId }) => workflowId === id);
  return runs ? id : null;
}

async function childCourse(handle: WorkflowHandle, line: Line): Promise<LineCourse> {
  const [report, description] = await Promise.all([readReport(handle), handle.describe()]);
  const pending = pendingWork(description);
  const lines = report?.lines ?? [];
  const step = lines.find(({ state }) => state === 'running');
  const detail = step === undefined ? pendingDetail(pending) : stepDetail(step, pending);
  return { ...line, child: { startedAt: description.startTime, lines }, pending, detail: detail ?? line.detail };
}

function stepDetail(step: Line, pending: PendingWork): string {
  const detail = pendingDetail(pending) ?? step.detail;
  return detail === '' || detail.startsWith(step.name) ? detail || step.name : `${step.name}: ${detail}`;
}

function pendingWork(description: WorkflowExecutionDescription): PendingWork {
  const [waiting = null] = waitingSteps(description, Date.now());
  return { waiting, heartbeat: lastHeartbeat(description) };
}

/** What a pending step waits for, else its last heartbeat, such as `boosting 40 of 100`; null without either. */
function pendingDetail({ waiting, heartbeat }: PendingWork): string | null {
  const progress = heartbeat === null ? null : describeHeartbeat(heartbeat);
  if (waiting === null) return progress;
  // A repeated attempt that computes again shows its progress.
  return computesAgain({ waiting, heartbeat }) ? `${progress}, attempt ${waiting.attempt}` : describeWaiting(waiting);
}

/** True when a step failed before and its present attempt gets on. */
export const computesAgain = ({ waiting, heartbeat }: PendingWork): boolean =>
  waiting !== null && waiting.failure !== null && waiting.pauseSeconds === null && heartbeat !== null;

/** `boosting 40 of 100`. */
export const describeHeartbeat = ({ stage, done, total }: Heartbeat): string => `${stage} ${done} of ${total}`;

function lastHeartbeat({ raw }: WorkflowExecutionDescription): Heartbeat | null {
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const parsed = parseHeartbeat(heartbeatDetails?.payloads?.[0]?.data);
    if (parsed !== null && parsed.total > 0) return parsed;
  }
  return null;
}

/** Parses a JSON payload; null for any other payload. */
function parseHeartbeat(data: Uint8Array | null | undefined): Heartbeat | null {
  if (!data) return null;
  try {
    return heartbeat.parse(JSON.parse(Buffer.from(data).toString('utf8')));
  } catch {
    return null;
  }
}

/** The search attribute `ModelName`. */
function modelOf({ typedSearchAttributes }: WorkflowExecutionDescription): string | null {
  const found = typedSearchAttributes.getAll().find(({ key }) => key.name === 'ModelName');
  return typeof found?.value === 'string' ? found.value : null;
}
