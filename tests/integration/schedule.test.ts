import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchAttributes, workflowIds } from '../../contracts/workflows.js';
import { ensureSearchAttributes } from '../../workers/search-attributes.js';
import { removeOneOff, scheduleOnce } from '../../workers/one-off-runs.js';
import { listSchedules } from '../../workers/schedule-states.js';
import {
  applySchedules,
  pauseSchedule,
  regularScheduleIds,
  triggerSchedule,
  unpauseSchedule,
} from '../../workers/schedules.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';
import { createTestNamespace } from '../support/test-namespace.js';

describe.skipIf(!hasTemporal())('schedules and search attributes on an external server', () => {
  let platform: TestPlatform;
  let client: Client;

  beforeAll(async () => {
    platform = await createTestPlatform({ SCHEDULE_TIMEZONE: 'Asia/Kolkata' });
    const namespace = await createTestNamespace(platform.client);
    client = new Client({ connection: platform.client.connection, namespace });
  });
  afterAll(async () => {
    for (const scheduleId of await regularScheduleIds()) await client.schedule.getHandle(scheduleId).delete();
    for await (const { workflowId } of client.workflow.list())
      await client.workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => undefined);
    await platform.close();
  });

  it('registers missing search attributes once', async () => {
    expect([...(await ensureSearchAttributes(client))].sort()).toEqual(Object.keys(searchAttributes).sort());
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
    expect(await ensureSearchAttributes(client)).toEqual([]);
  });

  it('refuses a namespace that has an attribute of another type', async () => {
    const { operatorService } = client.connection;
    const { namespace } = client.options;
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Metric'] });
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries([['Metric', 1 /* TEXT */]]),
    });
    await expect(ensureSearchAttributes(client)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('Metric (Double)') as string,
    });
    await operatorService.removeSearchAttributes({ namespace, searchAttributes: ['Metric'] });
    expect(await ensureSearchAttributes(client)).toEqual(['Metric']);
  });

  it('creates every schedule, and updates them without duplicates when applied again', async () => {
    const first = await applySchedules(client, platform.config);
    const ids = await regularScheduleIds();
    expect(ids.slice(0, 4)).toEqual([
      ...['weekly-retraining', 'daily-data-pipeline', 'feature-materialisation', 'daily-feature-parity'],
    ]);
    expect(first.map(({ scheduleId, action }) => [scheduleId, action])).toEqual(ids.map((id) => [id, 'created']));
    const changed = { ...platform.config, schedule: { ...platform.config.schedule, daily: '30 4 * * *' } };
    const second = await applySchedules(client, changed);
    expect(second.map(({ action }) => action)).toEqual(ids.map(() => 'updated'));
    const { spec } = await client.schedule.getHandle(workflowIds.dailySchedule).describe();
    expect(spec.calendars?.[0]).toMatchObject({ hour: [{ start: 4 }], minute: [{ start: 30 }] });
    expect(await listSchedules(client)).toHaveLength(ids.length);
  });

  it('fires on Mondays at three in the configured zone', async () => {
    const { info, policies } = await client.schedule.getHandle(workflowIds.weeklySchedule).describe();
    expect(info.nextActionTimes.length).toBeGreaterThan(5);
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Kolkata',
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
    });
    const times = new Set(info.nextActionTimes.map((time) => format.format(time)));
    expect([...times]).toEqual(['Monday 03:00']);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 168 * 3_600_000 });
  });

  it('names the run that a trigger started, and starts none beside it under the overlap policy', async () => {
    const id = await triggerSchedule(client, workflowIds.weeklySchedule, platform.config);
    expect(id).toMatch(/^weekly-retraining-\d{4}-\d{2}-\d{2}T/);
    await expect.poll(() => runningUnder(client, workflowIds.weeklySchedule), { timeout: 20_000 }).toEqual([id]);
    await expect(triggerSchedule(client, workflowIds.weeklySchedule, platform.config)).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      details: { id },
    });
    expect(await runningUnder(client, workflowIds.weeklySchedule)).toEqual([id]);
  });

  it('pauses with a note that a later apply keeps, and unpauses', async () => {
    await pauseSchedule(client, workflowIds.dailySchedule, 'the backend migrates its tables');
    const [, daily] = await applySchedules(client, platform.config);
    expect(daily).toMatchObject({ action: 'updated', paused: true });
    const found = (await listSchedules(client)).find(({ scheduleId }) => scheduleId === workflowIds.dailySchedule);
    expect(found).toMatchObject({ state: 'paused', note: 'the backend migrates its tables', nextRuns: [] });
    await unpauseSchedule(client, workflowIds.dailySchedule, 'done');
    expect((await client.schedule.getHandle(workflowIds.dailySchedule).describe()).state.paused).toBe(false);
  });

  it('schedules a single run once a moment, lists it with the others, and removes it', async () => {
    const at = new Date(Date.UTC(2091, 11, 1, 3));
    const once = { scheduleId: workflowIds.weeklySchedule, at, note: 'after the migration' };
    const first = await scheduleOnce(client, platform.config, once);
    expect(first).toEqual({ scheduleId: 'weekly-retraining-at-2091-12-01T03-00-00Z', at, created: true });
    expect(await scheduleOnce(client, platform.config, once)).toEqual({ ...first, created: false });
    const listed = async () => (await listSchedules(client)).find(({ scheduleId }) => scheduleId === first.scheduleId);
    await expect.poll(listed, { timeout: 10_000 }).toMatchObject({
      state: 'active',
      note: 'after the migration',
      nextRuns: [at],
      lastRun: null,
      missedRuns: [],
      catchupHours: 168,
      overlap: 'SKIP',
    });
    await removeOneOff(client, first.scheduleId);
    await expect(removeOneOff(client, first.scheduleId)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
    await expect(removeOneOff(client, 'weekly-report')).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
    await expect(removeOneOff(client, workflowIds.weeklySchedule)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const unknown = scheduleOnce(client, platform.config, { scheduleId: 'monthly-party', at });
    await expect(unknown).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
  });

  it('lists the days that a change of clocks skips or doubles, as the server plans them', async () => {
    for (const [timezone, daily] of [
      ['Europe/Berlin', '30 2 * * *'],
      ['America/New_York', '30 1 * * *'],
      ['Australia/Lord_Howe', '15 2 * * *'],
    ] as const) {
      const schedule = { ...platform.config.schedule, timezone, daily };
      const [, applied] = await applySchedules(client, { ...platform.config, schedule });
      const expected = Object.fromEntries(
        applied!.clockChanges.map(({ day, effect }) => [day, effect === 'twice' ? 2 : 0]),
      );
      const planned = (): Promise<Record<string, number> | null> => irregularDays(client, timezone, daily);
      await expect.poll(planned, { timeout: 20_000 }).not.toBeNull();
      expect(await planned(), `${daily} ${timezone}`).toEqual(expected);
    }
  });

  it('explains how to create a schedule that does not exist', async () => {
    await expect(triggerSchedule(client, 'monthly-party', platform.config)).rejects.toMatchObject({
      code: 'SCHEDULE_NOT_FOUND',
      message: expect.stringContaining('ml schedule apply') as string,
    });
  });
});

/** Days on which the server plans another number of starts than one, within 13 months; null before it has the time. */
async function irregularDays(client: Client, timezone: string, cron: string): Promise<Record<string, number> | null> {
  const { spec } = await client.schedule.getHandle(workflowIds.dailySchedule).describe();
  const [minute, hour] = cron.split(' ').map(Number);
  const { hour: hours, minute: minutes } = spec.calendars![0]!;
  if (spec.timezone !== timezone || hours[0]?.start !== hour || minutes[0]?.start !== minute) return null;
  const now = Math.floor(Date.now() / 1000);
  const { startTime: planned } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: workflowIds.dailySchedule,
    startTime: { seconds: now as never },
    endTime: { seconds: (now + 396 * 86_400) as never },
  });
  const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' });
  const counts: Record<string, number> = {};
  // Steps of six hours: those of a day leave out one of 23 hours, late in the evening.
  for (let time = now + 86_400; time < now + 395 * 86_400; time += 21_600) counts[dayOf.format(time * 1000)] = 0;
  for (const { seconds } of planned) {
    const day = dayOf.format(Number(seconds) * 1000);
    if (day in counts) counts[day]! += 1;
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 1));
}

/** Ids of the running workflows that the schedule started, as its description lists them. */
async function runningUnder(client: Client, scheduleId: string): Promise<string[]> {
  const { info } = await client.schedule.getHandle(scheduleId).describe();
  return info.runningActions.map((action) => action.workflow.workflowId);
}
