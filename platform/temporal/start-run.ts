import type { Client, WorkflowHandle } from '@temporalio/client';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { PIPELINE_QUEUE } from '../../contracts/workflows.js';
import type { Config } from '../config/config.js';
import { describeRun } from './describe-run.js';
import { runIds } from './run-ids.js';

/**
 * The whole id; or its first part, completed by date and counter. With `preferred` that id is taken as long as it was
 * never used: a promotion has the same id whoever asks for it.
 */
export type RunId = { readonly exact: string } | { readonly base: string; readonly preferred?: string };

export interface RunRequest {
  /** Name of the workflow. */
  readonly workflow: string;
  readonly input: unknown;
  readonly id: RunId;
  /** What the Temporal UI shows beside the id. */
  readonly summary: string;
}

/** The queue that the pipeline workers of this configuration listen on. */
export const pipelineQueue = (config: Config): string => `${config.taskQueuePrefix}${PIPELINE_QUEUE}`;

/**
 * Starts a workflow under a readable id that was never used before.
 * @throws PipelineError `ALREADY_RUNNING` when the last run of this kind still runs; `CONFLICT` when an exact id is used.
 */
export async function startRun(client: Client, config: Config, request: RunRequest): Promise<WorkflowHandle> {
  const workflowId = 'exact' in request.id ? await exactId(client, request.id.exact) : await nextId(client, request.id);
  return client.workflow.start(request.workflow, {
    workflowId,
    taskQueue: pipelineQueue(config),
    args: [request.input],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: request.summary,
  });
}

async function nextId(client: Client, { base, preferred }: Exclude<RunId, { exact: string }>): Promise<string> {
  for (const id of candidates(base, preferred)) {
    const state = (await describeRun(client, id))?.status.name;
    if (state === undefined) return id;
    if (state === 'RUNNING') throw pipelineError('ALREADY_RUNNING', { id });
  }
  throw new PipelineError('INTERNAL', 'the sequence of ids ended');
}

function* candidates(base: string, preferred?: string): Generator<string> {
  if (preferred !== undefined) yield preferred;
  yield* runIds(base, new Date());
}

async function exactId(client: Client, id: string): Promise<string> {
  const state = (await describeRun(client, id))?.status.name;
  if (state === 'RUNNING') throw pipelineError('ALREADY_RUNNING', { id });
  if (state !== undefined)
    throw new PipelineError('CONFLICT', `the id ${id} was used before; a rerun takes a new id`, { id });
  return id;
}
