import { userInfo } from 'node:os';
import {
  type AppliedSchedule,
  applySchedules,
  pauseSchedule,
  regularScheduleIds,
  triggerSchedule,
  unpauseSchedule,
} from '../../workers/schedules.js';
import { readMoment, removeOneOff, scheduleOnce } from '../../workers/one-off-runs.js';
import { listSchedules, type ScheduleState } from '../../workers/schedule-states.js';
import { workflowIds } from '../../contracts/workflows.js';
import type { CliContext } from '../program/context.js';
import { ensureSource } from '../../datasets/sources/ensure-source.js';
import { formatTime } from '../output/format.js';
import { runUrl } from './results.js';
import { showRun } from './runs-view.js';
import { sourceSettings } from '../program/source-settings.js';

export interface NoteOptions {
  readonly note?: string;
}

export interface FollowOption {
  readonly follow?: true;
}

/**
 * Reconciles the schedules with the settings and prints the changes. Puts the source of the settings in use, because a
 * scheduled run reads the source in use. @throws PipelineError `SOURCE_NOT_FOUND` when that cannot be read.
 */
export async function apply(cli: CliContext): Promise<void> {
  const { services, temporal } = await cli.connect();
  await ensureSource(services, sourceSettings(cli), { whenEmpty: 'remark' });
  const applied = await applySchedules(await temporal(), cli.config);
  cli.out.result(applied, () => {
    const rows = applied.map(({ scheduleId, action, paused, nextRuns }) => [
      scheduleId,
      action,
      paused ? 'paused' : 'active',
      nextRun(nextRuns),
    ]);
    cli.out.table({ head: ['schedule', 'done', 'state', 'next run (UTC)'], rows });
    for (const line of clockChangeLines(applied, cli.config.schedule.timezone)) cli.out.line(line);
  });
}

const MOST_TIMES = 3;

/** What a change of clocks does to the schedules, day by day. */
export function clockChangeLines(applied: readonly AppliedSchedule[], timezone: string): string[] {
  return applied.flatMap(({ scheduleId, clockChanges }) =>
    clockChanges.map(({ day, effect, times }) => {
      const further = times.length > MOST_TIMES ? ` and ${times.length - MOST_TIMES} more` : '';
      const when = `${times.slice(0, MOST_TIMES).join(', ')}${further} in ${timezone}`;
      return effect === 'skipped'
        ? `${scheduleId} does not start on ${day} at ${when}: the clocks go forward and leave that time out`
        : `${scheduleId} starts twice on ${day} at ${when}: the clocks go back and that time comes twice`;
    }),
  );
}

/** Shows the schedules that the server has, with what they start next, have started last and have missed. */
export async function list(cli: CliContext): Promise<void> {
  const { temporal } = await cli.connect();
  const found = await listSchedules(await temporal());
  cli.out.result(found, () => {
    if (found.length === 0) {
      cli.out.line('No schedule yet. Create them with: ml schedule apply');
      return;
    }
    cli.out.table({ head: listHead, rows: found.map(listRow), right: ['missed'] });
    for (const line of missedLines(found)) cli.out.line(line);
  });
}

const listHead = ['schedule', 'state', 'next run (UTC)', 'last run (UTC)', 'missed', 'catch-up', 'note'];

const listRow = (schedule: ScheduleState): readonly string[] => [
  schedule.scheduleId,
  schedule.state,
  nextRun(schedule.nextRuns),
  schedule.lastRun === null ? '–' : formatTime(schedule.lastRun.startedAt),
  String(schedule.missedRuns.length),
  `${schedule.catchupHours} h`,
  schedule.note ?? '',
];

/** Which runs were missed, a line a schedule, and the command that makes up for weeks. */
export function missedLines(schedules: readonly Pick<ScheduleState, 'scheduleId' | 'missedRuns'>[]): string[] {
  return schedules.flatMap(({ scheduleId, missedRuns }) => {
    if (missedRuns.length === 0) return [];
    const newest = missedRuns.slice(-MOST_TIMES).map(formatTime);
    const earlier = missedRuns.length > MOST_TIMES ? ` and ${missedRuns.length - MOST_TIMES} earlier` : '';
    return [
      `${scheduleId} started no run at ${newest.join(', ')}${earlier} (UTC)`,
      ...remedyOf(scheduleId, missedRuns),
    ];
  });
}

/** A missed pipeline needs none: the next one takes all rows. */
function remedyOf(scheduleId: string, missedRuns: readonly Date[]): readonly string[] {
  if (scheduleId !== workflowIds.weeklySchedule) return [];
  const [from, to] = [missedRuns[0]!, missedRuns.at(-1)!].map((time) => time.toISOString().replace('.000Z', 'Z'));
  return [`ml schedule backfill --from ${from} --to ${to}`];
}

const nextRun = (times: readonly Date[]): string => (times[0] ? formatTime(times[0]) : '–');

/**
 * Starts a schedule's run now and prints its id; with `follow` waits for its end.
 * @throws PipelineError `SCHEDULE_NOT_FOUND`; `ALREADY_RUNNING` naming the run beside which none is started.
 */
export async function trigger(cli: CliContext, scheduleId: string, { follow }: FollowOption): Promise<void> {
  const connection = await cli.connect();
  const workflowId = await triggerSchedule(await connection.temporal(), scheduleId, cli.config);
  if (follow === true && workflowId !== null) return showRun(cli, workflowId, true);
  const url = workflowId === null ? null : runUrl(connection.endpoints.temporal, workflowId);
  cli.out.result({ scheduleId, triggered: true, workflowId, url }, () => {
    if (workflowId === null) cli.out.line(`${scheduleId} was triggered; its run starts when the running one has ended`);
    else cli.out.line(`${scheduleId} started ${workflowId}. Follow it with: ml runs show ${workflowId} --follow`);
    if (url !== null) cli.out.line(url);
  });
}

/** Pauses one schedule, or all. @throws PipelineError `SCHEDULE_NOT_FOUND`. */
export const pause = (cli: CliContext, scheduleId: string | undefined, options: NoteOptions): Promise<void> =>
  setPaused(cli, scheduleId, { ...options, paused: true });

/** Resumes one schedule, or all. @throws PipelineError `SCHEDULE_NOT_FOUND`. */
export const resume = (cli: CliContext, scheduleId: string | undefined, options: NoteOptions): Promise<void> =>
  setPaused(cli, scheduleId, { ...options, paused: false });

async function setPaused(
  cli: CliContext,
  scheduleId: string | undefined,
  { note, paused }: NoteOptions & { readonly paused: boolean },
): Promise<void> {
  const { temporal } = await cli.connect();
  const ids = scheduleId === undefined ? await regularScheduleIds() : [scheduleId];
  const why = note ?? `${paused ? 'paused' : 'resumed'} by ${userInfo().username}`;
  const change = paused ? pauseSchedule : unpauseSchedule;
  const client = await temporal();
  for (const id of ids) await change(client, id, why);
  cli.out.result({ schedules: ids, paused, note: why }, () => {
    for (const id of ids) cli.out.line(`${id} is ${paused ? 'paused' : 'active'} (${why})`);
  });
}

/**
 * Schedules one run at a moment, which the clock of SCHEDULE_TIMEZONE shows where no zone is written.
 * @throws PipelineError `INVALID_INPUT` for a moment that cannot be meant; `SCHEDULE_NOT_FOUND`.
 */
export async function runAt(cli: CliContext, text: string, scheduleId: string, { note }: NoteOptions): Promise<void> {
  const at = readMoment(text, cli.config.schedule.timezone, new Date()); // a fault ends before anything is started
  const { temporal } = await cli.connect();
  const { created, ...once } = await scheduleOnce(await temporal(), cli.config, { scheduleId, at, note });
  const { catchupHours } = cli.config.schedule;
  cli.out.result({ ...once, created, catchupHours }, () => {
    cli.out.line(
      `${once.scheduleId} ${created ? 'starts' : 'was scheduled before and starts'} one run at ${formatTime(at)} (UTC)`,
    );
    cli.out.line(`If the server is away then, the run starts up to ${catchupHours} h later, once.`);
    cli.out.line(`ml schedule remove ${once.scheduleId}`);
  });
}

/** Removes the schedule of a single run. @throws PipelineError `SCHEDULE_NOT_FOUND`; `INVALID_INPUT` for a regular one. */
export async function remove(cli: CliContext, scheduleId: string): Promise<void> {
  const { temporal } = await cli.connect();
  await removeOneOff(await temporal(), scheduleId);
  cli.out.result({ scheduleId, removed: true }, () => cli.out.line(`${scheduleId} is removed`));
}
