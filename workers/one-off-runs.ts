import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import { workflowIds } from '../contracts/workflows.js';
import {
  HOUR_MS,
  momentOfReading,
  parseIsoDate,
  utcOffsetHours,
  writtenOffset,
} from '../learning/time-series/calendar/index.js';
import { definitionLike, onSchedule, regularScheduleIds, type ScheduleSettings } from './schedules.js';

const FORM = /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * The moment of a text such as `2026-12-01 03:00`, which the clock of a zone shows, or one with `Z` or an offset. A day
 * is its beginning; of a time that comes twice, when clocks are set back, the first is meant.
 * @throws PipelineError `INVALID_INPUT` for another form, a time that the clocks leave out, and a moment that is past.
 */
export function readMoment(text: string, timezone: string, now: Date): Date {
  const { day, time = '00:00', zone = 'Z' } = FORM.exec(text.trim())?.groups ?? {};
  const reading = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  // `Date.parse` alone takes the 31st of February for the 3rd of March.
  if (Number.isNaN(reading) || parseIsoDate(day!) === null)
    throw refused(text, 'no day or time, wanted 2026-12-01 03:00');
  const moment = writtenOffset(text) === undefined ? momentOfReading(timezone, reading) : reading;
  const shown = moment + utcOffsetHours(timezone, moment) * HOUR_MS;
  if (writtenOffset(text) === undefined && shown !== reading)
    throw refused(text, `left out by the clocks of ${timezone}, which go forward then`);
  if (moment <= now.getTime()) throw refused(text, `past (${new Date(moment).toISOString()}), wanted a coming moment`);
  return new Date(moment);
}

const refused = (found: string, why: string): PipelineError =>
  new PipelineError('INVALID_INPUT', `the moment "${found}" is ${why}`, { found });

/** A schedule of one run. */
export interface OneOff {
  readonly scheduleId: string;
  readonly at: Date;
  /** False when there was one for this moment already, which stays as it is. */
  readonly created: boolean;
}

/**
 * Schedules one run of what a regular schedule starts. A server that is away at the moment makes up for it within the
 * catch-up window, once. @param scheduleId - of the regular schedule. @throws PipelineError `SCHEDULE_NOT_FOUND`.
 */
export async function scheduleOnce(
  client: Client,
  settings: ScheduleSettings,
  { scheduleId, at, note }: { readonly scheduleId: string; readonly at: Date; readonly note?: string | undefined },
): Promise<OneOff> {
  const id = workflowIds.oneOffOf(scheduleId, at);
  const definition = await definitionLike(scheduleId, settings, {
    scheduleId: id,
    runId: `${scheduleId}-once`,
    spec: { cronExpressions: [cronOf(at)], timezone: 'UTC' },
    state: { remainingActions: 1, ...(note === undefined ? {} : { note }) },
  });
  try {
    const handle = await client.schedule.create(definition);
    await handle.describe(); // answered once the server keeps watch: from then on no absence loses the run
    return { scheduleId: id, at, created: true };
  } catch (fault) {
    if (!(fault instanceof ScheduleAlreadyRunning)) throw fault;
    return { scheduleId: id, at, created: false };
  }
}

/** A line with seven fields, from seconds to the year, that fits one moment. */
const cronOf = (at: Date): string =>
  [
    at.getUTCSeconds(),
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    '*',
    at.getUTCFullYear(),
  ].join(' ');

const isOneOff = async (id: string): Promise<boolean> =>
  (await regularScheduleIds()).some((regular) => id.startsWith(`${regular}-at-`));

/** Ids of the single runs that the server has, by their time. */
export async function oneOffIds(client: Client): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) if (await isOneOff(scheduleId)) found.push(scheduleId);
  return found.sort();
}

/**
 * Removes the schedule of a single run; a run that it has started goes on.
 * @throws PipelineError `SCHEDULE_NOT_FOUND`; `INVALID_INPUT` for a regular schedule, which can be paused.
 */
export async function removeOneOff(client: Client, scheduleId: string): Promise<void> {
  if ((await regularScheduleIds()).includes(scheduleId)) {
    const message = `${scheduleId} is no single run; stop it with: ml schedule pause ${scheduleId}`;
    throw new PipelineError('INVALID_INPUT', message, { scheduleId });
  }
  if (!(await isOneOff(scheduleId)))
    throw pipelineError('SCHEDULE_NOT_FOUND', { scheduleId, known: await oneOffIds(client) });
  await onSchedule(client, scheduleId, (handle) => handle.delete());
}
