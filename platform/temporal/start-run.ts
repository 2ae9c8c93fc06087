import type { Client, WorkflowHandle } from '@temporalio/client';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { PIPELINE_QUEUE } from '../../contracts/workflows.js';
import type { Config } from '../config/config.js';
import { describeRun } from './describe-run.js';
import { runIds } from './run-ids.js';

/**
 * A complete id, or its first part, to which date and counter are added. `preferred` is used instead if no workflow has
 * had it yet, so that a promotion has the same id for every caller.
 */
export type RunId = { readonly exact: string } | { readonly base: string; readonly preferred?: string };

/** A workflow to start. */
export interface RunRequest {
  /** Name of the workflow. */
  readonly workflow: string;
  readonly input: unknown;
  readonly id: RunId;
  /** What the Temporal UI shows beside the id. */
  readonly summary: string;
}

/** Name of the task queue that the pipeline workers poll, with the configured prefix. */
export const pipelineQueue = (config: Config): string => `${config.taskQueuePrefix}${PIPELINE_QUEUE}`;

/**
 * Starts a workflow with an id that has not been used before.
 * @throws PipelineError `ALREADY_RUNNING` when the previous run of this kind is still running; `CONFLICT` when an exact
 *   id has been used.
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
