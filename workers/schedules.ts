import { setTimeout as wait } from 'node:timers/promises';
import type { Client, ScheduleDescription, ScheduleHandle, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { pipelineError } from '../contracts/errors.js';
import { PIPELINE_QUEUE, workflowIds } from '../contracts/workflows.js';
import { loadCatalogue } from '../models/catalogue.js';
import { DAY_MS } from '../learning/time-series/calendar/index.js';
import type { Config } from '../platform/config/config.js';
import { type ClockChange, clockChanges } from './clock-changes.js';

/** Result of applying one schedule. */
export interface AppliedSchedule {
  readonly scheduleId: string;
  readonly action: 'created' | 'updated';
  /** The next times it fires, soonest first; none while it is paused. */
  readonly nextRuns: readonly Date[];
  readonly paused: boolean;
  /** Within the next 13 months, so that both changes of a year are among them. */
  readonly clockChanges: readonly ClockChange[];
}

const CLOCK_CHANGE_DAYS = 396;

/** Settings that schedules are made from. */
export type ScheduleSettings = Pick<Config, 'schedule' | 'taskQueuePrefix'>;

interface Plan {
  readonly scheduleId: string;
  readonly cron: string;
  readonly workflowType: 'masterTraining' | 'dataPipeline' | 'materializeFeatures' | 'checkParity' | 'checkDrift';
  readonly input: object;
  readonly summary: string;
}

const plansOf = async ({ schedule }: ScheduleSettings): Promise<readonly Plan[]> => [
  {
    scheduleId: workflowIds.weeklySchedule,
    cron: schedule.weekly,
    workflowType: 'masterTraining',
    input: {},
    summary: 'Weekly retraining of all models',
  },
  {
    scheduleId: workflowIds.dailySchedule,
    cron: schedule.daily,
    workflowType: 'dataPipeline',
    input: {},
    summary: 'Daily snapshot and features',
  },
  {
    scheduleId: workflowIds.featureSchedule,
    cron: schedule.features,
    workflowType: 'materializeFeatures',
    input: {},
    summary: 'Features of customers whose rows changed',
  },
  {
    scheduleId: workflowIds.paritySchedule,
    cron: schedule.parity,
    workflowType: 'checkParity',
    input: {},
    summary: 'Daily comparison of the features that were served with those of the snapshot',
  },
  ...(await loadCatalogue()).map(({ name }): Plan => driftPlan(name, schedule.drift)),
];

const driftPlan = (modelName: string, cron: string): Plan => ({
  ...{ scheduleId: workflowIds.driftScheduleOf(modelName), cron, workflowType: 'checkDrift', input: { modelName } },
  summary: `Daily check of ${modelName} for drift`,
});

/** Ids of all schedules: the weekly, the daily, those of features, and the checks for drift by model. */
export const regularScheduleIds = async (): Promise<readonly string[]> => [
  workflowIds.weeklySchedule,
  workflowIds.dailySchedule,
  workflowIds.featureSchedule,
  workflowIds.paritySchedule,
  ...(await loadCatalogue()).map(({ name }) => workflowIds.driftScheduleOf(name)),
];

/** The plan of a regular schedule. @throws PipelineError `SCHEDULE_NOT_FOUND`. */
async function planOf(scheduleId: string, settings: ScheduleSettings): Promise<Plan> {
  const plan = (await plansOf(settings)).find((one) => one.scheduleId === scheduleId);
  if (plan === undefined)
    throw pipelineError('SCHEDULE_NOT_FOUND', { scheduleId, known: [...(await regularScheduleIds())] });
  return plan;
}

/**
 * What a regular schedule starts, and under which policies, for a schedule of another id and other times.
 * @param runId - first part of the ids of its runs. @throws PipelineError `SCHEDULE_NOT_FOUND`.
 */
export async function definitionLike(
  scheduleId: string,
  settings: ScheduleSettings,
  own: Pick<ScheduleOptions, 'scheduleId' | 'spec' | 'state'> & { readonly runId: string },
): Promise<ScheduleOptions> {
  const { runId, ...rest } = own;
  const like = definitionOf(await planOf(scheduleId, settings), settings);
  return { ...like, ...rest, action: { ...like.action, workflowId: runId } };
}

function definitionOf(plan: Plan, settings: ScheduleSettings): ScheduleOptions {
  const { timezone, overlap, catchupHours } = settings.schedule;
  return {
    scheduleId: plan.scheduleId,
    spec: { cronExpressions: [plan.cron], timezone },
    action: {
      type: 'startWorkflow',
      workflowType: plan.workflowType,
      workflowId: plan.scheduleId,
      taskQueue: `${settings.taskQueuePrefix}${PIPELINE_QUEUE}`,
      args: [plan.input],
      staticSummary: plan.summary,
    },
    policies: { overlap: ScheduleOverlapPolicy[overlap], catchupWindow: catchupHours * 3_600_000 },
  };
}

/**
 * Makes the server's schedules those of the settings: creates what is missing and updates the rest. A pause and its
 * note are kept.
 */
export async function applySchedules(client: Client, settings: ScheduleSettings): Promise<AppliedSchedule[]> {
  const applied: AppliedSchedule[] = [];
  const from = Date.now();
  const span = { from, to: from + CLOCK_CHANGE_DAYS * DAY_MS };
  const { timezone } = settings.schedule;
  for (const plan of await plansOf(settings)) {
    const done = await applySchedule(client, definitionOf(plan, settings));
    applied.push({ ...done, clockChanges: clockChanges({ cron: plan.cron, timezone }, span) });
  }
  return applied;
}

async function applySchedule(
  client: Client,
  definition: ScheduleOptions,
): Promise<Omit<AppliedSchedule, 'clockChanges'>> {
  const { scheduleId } = definition;
  const action = await createOrUpdate(client, definition);
  const { info, state } = await client.schedule.getHandle(scheduleId).describe();
  return { scheduleId, action, nextRuns: nextRunsOf({ info, state }), paused: state.paused };
}

/** The next times; the server lists those of a paused schedule too, at which nothing starts. */
export const nextRunsOf = ({ info, state }: Pick<ScheduleDescription, 'info' | 'state'>): readonly Date[] =>
  state.paused ? [] : info.nextActionTimes;

async function createOrUpdate(client: Client, definition: ScheduleOptions): Promise<AppliedSchedule['action']> {
  try {
    await client.schedule.create(definition);
    return 'created';
  } catch (fault) {
    if (!(fault instanceof ScheduleAlreadyRunning)) throw fault;
  }
  const { spec, action, policies } = definition;
  await client.schedule
    .getHandle(definition.scheduleId)
    .update((current) => ({ ...current, spec, action, ...(policies === undefined ? {} : { policies }) }));
  return 'updated';
}

/** Runs `work` on a schedule of the server. @throws PipelineError `SCHEDULE_NOT_FOUND`. */
export async function onSchedule<Result>(
  client: Client,
  scheduleId: string,
  work: (handle: ScheduleHandle) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(client.schedule.getHandle(scheduleId));
  } catch (fault) {
    if (!(fault instanceof ScheduleNotFoundError)) throw fault;
    throw pipelineError(
      'SCHEDULE_NOT_FOUND',
      { scheduleId, known: [...(await regularScheduleIds())] },
      { cause: fault },
    );
  }
}

/** Time within which the server starts a triggered run or reports that it skipped it. */
const TRIGGER = { withinMs: 15_000, everyMs: 100 };

/**
 * Starts the schedule's workflow now, with the schedule's overlap policy: without it the server would start a second
 * run beside a running one.
 * @returns id of the run; null when the policy starts it after the one that is running.
 * @throws PipelineError `SCHEDULE_NOT_FOUND`; `ALREADY_RUNNING` when the policy skipped it.
 */
export function triggerSchedule(
  client: Client,
  scheduleId: string,
  settings: ScheduleSettings,
): Promise<string | null> {
  return onSchedule(client, scheduleId, async (handle) => {
    const { info: before } = await handle.describe();
    await handle.trigger(ScheduleOverlapPolicy[settings.schedule.overlap]);
    const deadline = Date.now() + TRIGGER.withinMs;
    while (Date.now() < deadline) {
      const { info } = await handle.describe();
      const [running] = info.runningActions;
      if (info.numActionsSkippedOverlap > before.numActionsSkippedOverlap && running !== undefined)
        throw pipelineError('ALREADY_RUNNING', { id: running.workflow.workflowId });
      if (info.numActionsTaken > before.numActionsTaken) return newestAction(info)?.action.workflow.workflowId ?? null;
      await wait(TRIGGER.everyMs);
    }
    return null;
  });
}

const newestAction = ({ recentActions }: ScheduleDescription['info']) =>
  recentActions.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime())[0];

/** Pauses a schedule until it is resumed. @param note - the reason. @throws `SCHEDULE_NOT_FOUND`. */
export const pauseSchedule = (client: Client, scheduleId: string, note: string): Promise<void> =>
  onSchedule(client, scheduleId, (handle) => handle.pause(note));

/** Resumes a paused schedule. @throws PipelineError `SCHEDULE_NOT_FOUND`. */
export const unpauseSchedule = (client: Client, scheduleId: string, note: string): Promise<void> =>
  onSchedule(client, scheduleId, (handle) => handle.unpause(note));
