import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workflowIds } from '../../contracts/workflows.js';
import { readConfig } from '../../platform/config/config.js';
import { projectRoot } from '../../platform/project.js';
import { openConnection } from '../../platform/temporal/connect.js';
import { scheduleOnce } from '../../workers/one-off-runs.js';
import { listSchedules } from '../../workers/schedule-states.js';
import { applySchedules } from '../../workers/schedules.js';
import { type OwnServer, startOwnTemporal } from '../support/own-server.js';
import { hasTemporal } from '../support/test-platform.js';

/** A cron line with seconds and year that fits one moment. */
const cronAt = (at: Date): string =>
  `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} ${at.getUTCDate()} ${at.getUTCMonth() + 1} * ${at.getUTCFullYear()}`;

const inSeconds = (seconds: number): Date => new Date((Math.ceil(Date.now() / 1000) + seconds) * 1000);

let server: OwnServer | null = null;
let client: Client;
const config = readConfig({}, projectRoot);
const { weeklySchedule, dailySchedule } = workflowIds;

beforeAll(async () => {
  if (!hasTemporal()) return;
  server = await startOwnTemporal();
  const connection = await openConnection({ address: server!.url, namespace: 'default', tls: null, apiKey: null });
  client = new Client({ connection, namespace: 'default' });
});
afterAll(async () => {
  if (server === null) return;
  await client.connection.close();
  await server.remove();
});

/** Runs that the schedule has started; null while the server does not answer. */
const startedBy = (scheduleId: string): Promise<readonly Date[] | null> =>
  client.schedule
    .getHandle(scheduleId)
    .describe()
    .then(({ info }) => info.recentActions.map(({ scheduledAt }) => scheduledAt))
    .catch(() => null);

it.skipIf(!hasTemporal())(
  'a run whose time passes while the server is away is made up for once, never twice',
  async () => {
    await applySchedules(client, config);
    const [first, second] = [inSeconds(5), inSeconds(6)];
    // Two weeks of the weekly schedule, and a single run, fall into the absence.
    await client.schedule
      .getHandle(weeklySchedule)
      .update((current) => ({ ...current, spec: { cronExpressions: [cronAt(first), cronAt(second)] } }));
    const { scheduleId: once } = await scheduleOnce(client, config, { scheduleId: dailySchedule, at: second });
    await server!.stop();
    await wait(second.getTime() + 500 - Date.now());
    await server!.start();

    await expect.poll(() => startedBy(weeklySchedule), { timeout: 20_000 }).toEqual([first]);
    await expect.poll(() => startedBy(once), { timeout: 20_000 }).toEqual([second]);
    await server!.stop();
    await server!.start();
    await expect.poll(() => startedBy(once), { timeout: 20_000 }).toEqual([second]);
    expect(await startedBy(weeklySchedule)).toEqual([first]);

    const states = await listSchedules(client);
    expect(states.find(({ scheduleId }) => scheduleId === once)).toMatchObject({ state: 'ended', nextRuns: [] });
    expect(states.find(({ scheduleId }) => scheduleId === weeklySchedule)?.lastRun).toMatchObject({ plannedAt: first });
  },
);
