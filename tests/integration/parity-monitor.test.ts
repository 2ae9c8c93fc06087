import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { ParityResult, ParityFinding } from '../../contracts/feature-parity.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import type { OnlineStore, OnlineValue } from '../../feature-store/online/online-store.js';
import { onlineNameOf } from '../../feature-store/online/online-name.js';
import { KEPT_SECONDS } from '../../feature-store/online/retention.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { createAlertBook } from '../../monitoring/alerts/alerts.js';
import { alertOfParity } from '../../monitoring/parity/parity-alerts.js';
import { createParityLog } from '../../monitoring/parity/parity-log.js';
import { createRedis } from '../../platform/redis/client.js';
import { createServedWeek, type ServedDay, type ServedWeek } from '../support/served-week.js';

/* The comparison of what the API read with the point-in-time values: a sound week, then a day for each planted fault. */

const HOUR_MS = 3_600_000;
const silent = { warn: () => undefined };
const { redisUrl } = inject('services');
const [userFinancials, creditRisk] = featureViews as readonly FeatureView[] as [FeatureView, FeatureView];

let store: OnlineStore;
let week: ServedWeek;
let days: ServedDay[];
beforeAll(async () => {
  week = await createServedWeek(({ pool }) => {
    store = redisUrl === null ? createMemoryStore(pool) : createRedisStore(redisUrl, silent);
    return store;
  });
  days = [];
  for (let day = 0; day < 7; day++) {
    days.push(await week.nextDay());
    week.clockAt(1);
    await week.ask(week.userIds());
  }
}, 240_000);
afterAll(async () => {
  if (redisUrl !== null) {
    const redis = createRedis(redisUrl, silent);
    for (const name of featureViews.flatMap((view) => [view.name, `${view.name}@0`]))
      await redis.del('state:generated:materialisation.log:' + name, ...week.userIds().map((id) => `feature:generated:${name}:${id}`)); // prettier-ignore
    redis.disconnect();
  }
  await week.close();
});

/** Puts other values of a view into the store, as a faulty pipeline would. */
async function plant(view: FeatureView, valueOf: (id: string) => OnlineValue): Promise<void> {
  const values = week.userIds().map((id): [string, OnlineValue] => [id, valueOf(id)]);
  await store.put('generated', onlineNameOf(view), new Map(values), KEPT_SECONDS);
}

/** Asks about everybody an hour after the pipeline, and compares what was read then. */
async function askAndCheck(hours = 1, views?: readonly FeatureView[]): Promise<ParityResult> {
  const since = week.clockAt(hours);
  expect(new Set(await week.ask(week.userIds(), views))).toEqual(new Set([200]));
  return week.check(since);
}

const findingsOf = ({ views }: ParityResult, { name }: FeatureView): readonly ParityFinding[] =>
  views.find(({ view }) => view === name)!.findings;
const countsOf = ({ views }: ParityResult) => views.map(({ view, compared, differing }) => [view, compared, differing]);
const namesOf = (findings: readonly ParityFinding[]): string[] =>
  findings.flatMap(({ columns }) => columns.map(({ name }) => name));

describe('a sound week', () => {
  it('has every read equal to the point-in-time value', async () => {
    const result = await week.check(days[0]!.asOf);
    expect(result).toMatchObject({ status: 'sound', answers: 140, notCompared: [] });
    expect(countsOf(result)).toEqual([
      ['credit-risk', 140, 0],
      ['user-financials', 140, 0],
    ]);
  });

  it('gives a sample of the size that is asked for, the same for the same run', async () => {
    const result = await week.check(days[0]!.asOf, 25);
    expect(result).toMatchObject({ status: 'sound', answers: 25 });
    expect(await week.check(days[0]!.asOf, 25)).toEqual(result);
  });

  it('says that a window without answers decides nothing', async () => {
    const result = await week.check(week.clockAt(20));
    expect(result).toMatchObject({ status: 'undecided', answers: 0, views: [], notCompared: [] });
  });
});

describe('a stale value', () => {
  it('is found where the pipeline wrote a newer one that the store did not keep', async () => {
    await week.nextDay({ write: false });
    const result = await askAndCheck();
    expect(result.status).toBe('differs');
    for (const view of featureViews)
      expect(findingsOf(result, view)).toMatchObject([{ cause: 'stale', reads: 20, columns: [] }]);
    expect(findingsOf(result, creditRisk)[0]!.finding).toMatch(/as of 2026-10-11 02:00, though one as of 2026-10-12/);
  });

  it('is found under the header of a newer one', async () => {
    const { tables, momentOf } = await week.nextDay();
    const compute = userFinancials.prepare(tables);
    const header = { viewVersion: userFinancials.version, eventTime: momentOf(userFinancials) };
    const yesterday = days.at(-1)!.momentOf(userFinancials);
    await plant(userFinancials, (id) => ({ ...header, features: compute(id, yesterday) }));
    const result = await askAndCheck();
    expect(countsOf(result)[0]).toEqual(['credit-risk', 20, 0]);
    const findings = findingsOf(result, userFinancials);
    expect(new Set(findings.map(({ cause }) => cause))).toEqual(new Set(['stale']));
    expect(namesOf(findings)).toContain('daysSinceLastTransaction');
  });

  it('is found where the pipeline has not run for longer than the time to live', async () => {
    await week.nextDay();
    const result = await askAndCheck(9 * 24);
    expect(findingsOf(result, userFinancials)).toMatchObject([{ cause: 'stale', reads: 20 }]);
    expect(findingsOf(result, userFinancials)[0]!.finding).toContain('time to live of 8 days');
  });
});

describe('a shift of the time zone', () => {
  it.each([5.5, -8])('of %d hours is found, with its size', async (shift) => {
    const { tables, momentOf } = await week.nextDay();
    for (const view of featureViews) {
      const compute = view.prepare(tables);
      const header = { viewVersion: view.version, eventTime: momentOf(view) };
      await plant(view, (id) => ({ ...header, features: compute(id, header.eventTime + shift * HOUR_MS) }));
    }
    const result = await askAndCheck();
    const findings = findingsOf(result, userFinancials);
    expect(findings.map(({ cause }) => cause)).toEqual(['time shift']);
    expect(findings[0]!.finding).toContain(shift > 0 ? '+5:30 h' : '−8:00 h');
    expect(namesOf(findings)).toEqual(expect.arrayContaining(['daysSinceLastTransaction', 'monthsOfHistory']));
  });

  it('of the moment in the header is found', async () => {
    const { tables, momentOf } = await week.nextDay();
    const compute = creditRisk.prepare(tables);
    const moment = momentOf(creditRisk);
    const eventTime = moment + 5.5 * HOUR_MS;
    await plant(creditRisk, (id) => ({ viewVersion: creditRisk.version, eventTime, features: compute(id, moment) }));
    const result = await askAndCheck(6);
    expect(findingsOf(result, creditRisk)).toMatchObject([{ cause: 'time shift', reads: 20 }]);
    expect(countsOf(result)[1]).toEqual(['user-financials', 20, 0]);
  });
});

describe('a changed default', () => {
  it('is found, with the columns and what stands for unknown', async () => {
    await week.nextDay(); // a header of a later moment is there
    const { tables, momentOf } = await week.nextDay();
    const compute = creditRisk.prepare(tables);
    const header = { viewVersion: creditRisk.version, eventTime: momentOf(creditRisk) };
    await plant(creditRisk, (id) => ({
      ...header,
      features: compute(id, header.eventTime).map((value) => (Number.isNaN(value) ? 0 : value)),
    }));
    const findings = findingsOf(await askAndCheck(), creditRisk);
    expect(findings).toMatchObject([{ cause: 'default', finding: '0 in place of unknown' }]);
    expect(namesOf(findings)).toContain('utilisation');
  });
});

describe('an old schema', () => {
  it('is found in the header that an API of an older release read', async () => {
    const { tables, momentOf } = await week.nextDay();
    const older = featureViews.map((view) => ({ ...view, version: view.version - 1 }));
    for (const view of older) {
      const compute = view.prepare(tables);
      const header = { viewVersion: view.version, eventTime: momentOf(view) };
      await plant(view, (id) => ({ ...header, features: compute(id, header.eventTime) }));
    }
    const result = await askAndCheck(1, older);
    expect(findingsOf(result, creditRisk)).toMatchObject([
      { cause: 'schema', reads: 20, finding: 'the header names version 0; defined: 1' },
    ]);
  });

  it('is found in values that stand in other fields under the same version', async () => {
    const { tables, momentOf } = await week.nextDay();
    const compute = userFinancials.prepare(tables);
    const header = { viewVersion: userFinancials.version, eventTime: momentOf(userFinancials) };
    await plant(userFinancials, (id) => ({ ...header, features: compute(id, header.eventTime).toReversed() }));
    const causes = findingsOf(await askAndCheck(), userFinancials).map(({ cause }) => cause);
    expect(causes).toEqual(['schema']);
  });
});

describe('the record of a check', () => {
  it('opens an alert that names view, cause and columns, and a sound check resolves it', async () => {
    await week.nextDay();
    const { tables, momentOf } = await week.nextDay();
    const compute = creditRisk.prepare(tables);
    const header = { viewVersion: creditRisk.version, eventTime: momentOf(creditRisk) };
    await plant(creditRisk, (id) => ({ ...header, features: compute(id, header.eventTime).map((value) => value + 1) }));
    const differs = await askAndCheck();
    const alerts = createAlertBook(week.source.pool, []);
    const log = createParityLog(week.source.pool);
    await log.record('run-1', differs);
    await log.record('run-1', differs);
    await alertOfParity(alerts, differs);
    expect(await log.list('generated', 10)).toEqual([differs]);
    const open = await alerts.list({ openOnly: true, limit: 10 });
    expect(open).toMatchObject([{ kind: 'feature-parity', subject: 'generated/credit-risk@1', severity: 'critical' }]);
    expect(open[0]!.message).toMatch(/20 of 20 reads of credit-risk@1.*value: .*loansCount/);
    expect(JSON.stringify([differs, open])).not.toMatch(new RegExp(week.userIds().join('|')));

    await alertOfParity(alerts, { ...differs, status: 'undecided', views: [] });
    expect(await alerts.list({ openOnly: true, limit: 10 })).toHaveLength(1);
    await week.nextDay();
    const sound = await askAndCheck();
    expect(sound.status).toBe('sound');
    await alertOfParity(alerts, sound);
    expect(await alerts.list({ openOnly: true, limit: 10 })).toEqual([]);
  });
});
