import { userInfo } from 'node:os';
import {
  type AppliedSchedule,
  applySchedules,
  listSchedules,
  pauseSchedule,
  scheduleIds,
  triggerSchedule,
  unpauseSchedule,
} from '../../workers/schedules.js';
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

/** Shows the schedules that the server has. */
export async function list(cli: CliContext): Promise<void> {
  const { temporal } = await cli.connect();
  const found = await listSchedules(await temporal());
  cli.out.result(found, () => {
    const rows = found.map(({ scheduleId, paused, note, nextRuns }) => [
      scheduleId,
      paused ? 'paused' : 'active',
      nextRun(nextRuns),
      note ?? '',
    ]);
    if (rows.length === 0) cli.out.line('No schedule yet. Create them with: ml schedule apply');
    else cli.out.table({ head: ['schedule', 'state', 'next run (UTC)', 'note'], rows });
  });
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
  const ids = scheduleId === undefined ? scheduleIds : [scheduleId];
  const why = note ?? `${paused ? 'paused' : 'resumed'} by ${userInfo().username}`;
  const change = paused ? pauseSchedule : unpauseSchedule;
  const client = await temporal();
  for (const id of ids) await change(client, id, why);
  cli.out.result({ schedules: ids, paused, note: why }, () => {
    for (const id of ids) cli.out.line(`${id} is ${paused ? 'paused' : 'active'} (${why})`);
  });
}
