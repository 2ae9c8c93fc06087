import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { DAY_MS, HOUR_MS } from '../learning/time-series/calendar/index.js';
import { oneOffIds } from './one-off-runs.js';
import { nextRunsOf, regularScheduleIds } from './schedules.js';

/** A schedule of this program as the server has it. */
export interface ScheduleState {
  readonly scheduleId: string;
  /** `ended`: a single run that has been started; the server removes such a schedule after some days. */
  readonly state: 'active' | 'paused' | 'ended';
  /** Why it was paused or resumed last. */
  readonly note: string | null;
  /** The next times it fires, soonest first; none while it is paused. */
  readonly nextRuns: readonly Date[];
  /** The newest run that it started, at its time, made up for later, or triggered. */
  readonly lastRun: { readonly workflowId: string; readonly plannedAt: Date; readonly startedAt: Date } | null;
  /**
   * Times at which it should have started a run and did not, oldest first: it was paused, another run was running, or
   * the server was away for longer than the catch-up window. Of the last 35 days, and since its times were set last.
   */
  readonly missedRuns: readonly Date[];
  /** How late a run may be made up for, in hours. */
  readonly catchupHours: number;
  /** What happens when the former run still runs, as SCHEDULE_OVERLAP names it. */
  readonly overlap: ScheduleDescription['policies']['overlap'];
}

/** State of this program's schedules on the server: the regular ones, then single runs by their time. */
export async function listSchedules(client: Client): Promise<ScheduleState[]> {
  const ids = [...(await regularScheduleIds()), ...(await oneOffIds(client))];
  const found = await Promise.all(ids.map((scheduleId) => stateOf(client, scheduleId)));
  return found.filter((state) => state !== null);
}

/** Null for a schedule that the server does not have. */
async function stateOf(client: Client, scheduleId: string): Promise<ScheduleState | null> {
  try {
    const described = await client.schedule.getHandle(scheduleId).describe();
    return stateFrom(described, await plannedTimes(client, described, new Date()));
  } catch (fault) {
    if (fault instanceof ScheduleNotFoundError) return null;
    throw fault;
  }
}

function stateFrom(described: ScheduleDescription, planned: readonly Date[]): ScheduleState {
  const { scheduleId, state, policies, info } = described;
  const ended = state.remainingActions === 0;
  const newest = info.recentActions.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime())[0];
  return {
    scheduleId,
    state: ended ? 'ended' : state.paused ? 'paused' : 'active',
    note: state.note || null, // the server says '' for none
    nextRuns: ended ? [] : nextRunsOf(described),
    lastRun:
      newest === undefined
        ? null
        : { workflowId: newest.action.workflow.workflowId, plannedAt: newest.scheduledAt, startedAt: newest.takenAt },
    missedRuns: missedTimes(planned, info.recentActions),
    catchupHours: policies.catchupWindow / HOUR_MS,
    overlap: policies.overlap,
  };
}

/** The server starts a run within seconds of its time; until then it is late and not missed. */
const GRACE_MS = 60_000;
const REPORTED_DAYS = 35;
/** The server remembers so many actions; what happened before the first of them is unknown. */
const REMEMBERED_ACTIONS = 10;

/** Times until a minute ago of which it is known whether a run was started. */
async function plannedTimes(client: Client, described: ScheduleDescription, now: Date): Promise<Date[]> {
  const from = knownSince(described.info, now.getTime());
  const to = now.getTime() - GRACE_MS;
  if (from >= to) return [];
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: described.scheduleId,
    startTime: timestamp(from),
    endTime: timestamp(to),
  });
  return startTime.map(({ seconds }) => new Date(Number(seconds) * 1000));
}

const timestamp = (milliseconds: number) => ({ seconds: Math.floor(milliseconds / 1000) as never });

type ScheduleInfo = Pick<ScheduleDescription['info'], 'createdAt' | 'lastUpdatedAt' | 'recentActions'>;

/** From when on it is known what a schedule did, in milliseconds since the epoch. */
export function knownSince({ createdAt, lastUpdatedAt, recentActions }: ScheduleInfo, now: number): number {
  const planned = recentActions.map(({ scheduledAt }) => scheduledAt.getTime());
  const remembered = planned.length < REMEMBERED_ACTIONS ? 0 : Math.min(...planned);
  return Math.max((lastUpdatedAt ?? createdAt).getTime(), remembered, now - REPORTED_DAYS * DAY_MS);
}

/** The planned times for which no run was started. */
export function missedTimes(
  planned: readonly Date[],
  actions: readonly { readonly scheduledAt: Date }[],
): readonly Date[] {
  const taken = new Set(actions.map(({ scheduledAt }) => Math.floor(scheduledAt.getTime() / 1000)));
  return planned.filter((time) => !taken.has(Math.floor(time.getTime() / 1000)));
}
