import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Client, WorkflowService } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** How long a server takes from one step of a workflow to the next, measured with steps that do nothing. */
export interface StepLatency {
  /** Number of steps, one after another. */
  readonly steps: number;
  /** Time of all steps together, in milliseconds. */
  readonly totalMs: number;
  /** Median time of one step, in milliseconds. */
  readonly medianMs: number;
  /** True when the server hands a step to the worker that asked for it, without a queue in between. */
  readonly eager: boolean;
}

const PATIENCE_MS = 10_000;
type WorkflowTask = Awaited<ReturnType<WorkflowService['pollWorkflowTaskQueue']>>;
interface ActivityTask {
  readonly taskToken?: Uint8Array | null;
}
type Command = NonNullable<Parameters<WorkflowService['respondWorkflowTaskCompleted']>[0]['commands']>[number];
/** Of Temporal's API, whose enumeration only a package for development exports. */
const SCHEDULE_ACTIVITY = 1 as unknown as NonNullable<Command['commandType']>;
const COMPLETE_WORKFLOW = 4 as unknown as NonNullable<Command['commandType']>;

/**
 * Runs a workflow of `steps` empty activities on a task queue of its own, by the calls that a worker makes: polls,
 * asks for an activity, completes it. The SDK's worker would add its own start of a second. The workflow is completed
 * at the end and expires by itself when the measurement is interrupted.
 * @param client - connected to the server under test.
 * @throws the client's error when the server does not answer within ten seconds.
 */
export async function measureSteps(client: Client, steps: number): Promise<StepLatency> {
  const { connection } = client;
  const over = new AbortController();
  setMaxListeners(0, over.signal); // the client adds a listener for each call
  try {
    const measure = (): Promise<StepLatency> => runProbe(new Probe(client), steps);
    return await connection.withDeadline(Date.now() + PATIENCE_MS, () =>
      connection.withAbortSignal(over.signal, measure),
    );
  } finally {
    over.abort(); // ends the polls that still wait
  }
}

async function runProbe(probe: Probe, steps: number): Promise<StepLatency> {
  await probe.start();
  const durations: number[] = [];
  let eagerSteps = 0;
  for (let done = 0; done < steps; done++) {
    const started = performance.now();
    if ((await probe.step()).eager) eagerSteps += 1;
    durations.push(performance.now() - started);
  }
  await probe.complete();
  const totalMs = durations.reduce((sum, duration) => sum + duration, 0);
  const medianMs = durations.toSorted((a, b) => a - b)[Math.floor(steps / 2)] ?? 0;
  return { steps, totalMs, medianMs, eager: eagerSteps > steps / 2 };
}

/** A workflow and the worker of it, as calls of the service. */
class Probe {
  readonly #service: WorkflowService;
  readonly #namespace: string;
  readonly #identity = `step-latency-${process.pid}`;
  readonly #name = `step-latency-${randomUUID()}`;
  #activities = 0;
  // Polls wait at the server before there is a task, as those of a worker do.
  #workflowPoll: Promise<WorkflowTask>;
  #activityPoll: Promise<ActivityTask>;

  constructor({ connection, options }: Client) {
    this.#service = connection.workflowService;
    this.#namespace = options.namespace;
    this.#workflowPoll = this.#pollWorkflow();
    this.#activityPoll = this.#pollActivity();
  }

  get #request() {
    return { namespace: this.#namespace, identity: this.#identity };
  }

  get #queue() {
    return { name: this.#name };
  }

  async start(): Promise<void> {
    await this.#service.startWorkflowExecution({
      ...this.#request,
      requestId: randomUUID(),
      workflowId: this.#name,
      workflowType: { name: 'stepLatency' },
      taskQueue: this.#queue,
      workflowExecutionTimeout: msToTs(PATIENCE_MS),
    });
  }

  /** One step: the workflow asks for an activity, the worker gets and completes it, the workflow hears of it. */
  async step(): Promise<{ readonly eager: boolean }> {
    const { activityTasks } = await this.#answer(this.#scheduleActivity());
    const given = activityTasks[0];
    await this.#completeActivity(given ?? (await this.#nextActivity()));
    return { eager: given !== undefined };
  }

  async complete(): Promise<void> {
    await this.#answer({ commandType: COMPLETE_WORKFLOW, completeWorkflowExecutionCommandAttributes: {} });
  }

  async #answer(command: Command) {
    const { taskToken } = await this.#workflowPoll;
    this.#workflowPoll = this.#pollWorkflow();
    return this.#service.respondWorkflowTaskCompleted({ ...this.#request, taskToken, commands: [command] });
  }

  async #nextActivity(): Promise<ActivityTask> {
    const task = await this.#activityPoll;
    this.#activityPoll = this.#pollActivity();
    return task;
  }

  #scheduleActivity(): Command {
    this.#activities += 1;
    return {
      commandType: SCHEDULE_ACTIVITY,
      scheduleActivityTaskCommandAttributes: {
        activityId: String(this.#activities),
        activityType: { name: 'nothing' },
        taskQueue: this.#queue,
        startToCloseTimeout: msToTs(PATIENCE_MS),
        requestEagerExecution: true,
      },
    };
  }

  #pollWorkflow(): Promise<WorkflowTask> {
    return handled(this.#service.pollWorkflowTaskQueue({ ...this.#request, taskQueue: this.#queue }));
  }

  #pollActivity(): Promise<ActivityTask> {
    return handled(this.#service.pollActivityTaskQueue({ ...this.#request, taskQueue: this.#queue }));
  }

  async #completeActivity({ taskToken = null }: ActivityTask): Promise<void> {
    await this.#service.respondActivityTaskCompleted({ ...this.#request, taskToken });
  }
}

/** Marks a rejection as handled: the polls that wait at the end are aborted. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
