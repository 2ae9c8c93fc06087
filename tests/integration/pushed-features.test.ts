import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { featureViews } from '../../feature-store/definitions/index.js';
import { userFinancials } from '../../feature-store/definitions/user-financials.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { createRedis } from '../../platform/redis/client.js';
import { createServedWeek, type ServedDay, type ServedWeek } from '../support/served-week.js';
import { byFixture, type Call, known, tokenOf } from '../support/test-api.js';

/* Values between two runs, pushed over a socket or of changed customers alone, and the comparison with snapshots. */

const HOUR_MS = 3_600_000;
const PUSHED_AFTER = 2.25; // a quarter of an hour beside a run: no shift of a clock
const silent = { warn: () => undefined };
const { redisUrl } = inject('services');
const VIEW = userFinancials.name;

let week: ServedWeek;
let first: ServedDay;
let api: { readonly url: string; close(): Promise<void> };
let userId: string;
let row: Record<string, string | number | null>;

const model = { ...byFixture, requestFeatures: { ...byFixture.requestFeatures!, views: featureViews } };

/** A customer of whom the source has nothing between the run and the push, and a transaction that it gets later. */
async function chooseCustomer(): Promise<void> {
  const { rows } = await week.source.pool.query<{ found: Record<string, string | number | null> }>(
    `select to_jsonb(t) as found from backend.transactions t where source = 'generated' and booked_at < $1
       and not exists (select from backend.transactions o where o.user_id = t.user_id and o.booked_at >= $1 and o.booked_at < $2)
     order by user_id, booked_at desc limit 1`,
    [new Date(first.asOf), new Date(first.asOf + 24 * HOUR_MS)],
  );
  const booked = new Date(first.asOf + HOUR_MS).toISOString();
  row = { ...rows[0]!.found, id: 'zz-pushed', booked_at: booked, amount: -4_321, disputed_at: null };
  userId = String(row.user_id);
}

beforeAll(async () => {
  week = await createServedWeek(({ pool }) =>
    redisUrl === null ? createMemoryStore(pool) : createRedisStore(redisUrl, silent),
  );
  first = await week.nextDay();
  await chooseCustomer();
  api = await week.listen([model]);
}, 120_000);
afterAll(async () => {
  await api.close();
  if (redisUrl !== null) {
    const redis = createRedis(redisUrl, silent);
    for (const { name } of featureViews)
      await redis.del('state:generated:materialisation.log:' + name, ...week.userIds().map((id) => `feature:generated:${name}:${id}`)); // prettier-ignore
    redis.disconnect();
  }
  await week.close();
});

async function ask(path: string, payload: object | null, token: Call = { scopes: ['admin'] }) {
  const headers = { authorization: `Bearer ${await tokenOf(token)}`, 'content-type': 'application/json' };
  const body = payload === null ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(payload) };
  const response = await fetch(`${api.url}${path}`, { ...body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const pushedRow = () =>
  Object.fromEntries(
    tableSpecs.transactions.columns
      .filter(({ name }) => name !== 'user_id')
      .map(({ name }) => [name, row[name] ?? null]),
  );
const bodyOf = (hours: number) => ({
  ...{ entity: userId, asOf: new Date(first.asOf + hours * HOUR_MS).toISOString() },
  rows: { transactions: [pushedRow()] },
});
const push = (body: object, token?: Call) => ask(`/features/${VIEW}/push`, body, token);
const readBack = async () => (await ask(`/features/${VIEW}/${userId}`, null)).body;
/** What an answer by reference says that it read; the values are compared through the prediction log. */
const predict = async () => (await ask('/predict/credit-risk', { userId, ...known })).body.features;

const storeRow = () =>
  week.source.pool.query(
    `insert into backend.transactions select (jsonb_populate_record(null::backend.transactions, $1::jsonb)).*`,
    [JSON.stringify(row)],
  );

describe('POST /features/<view>/push over a socket', () => {
  it.each([
    ['a token that may only read', 403, {}, { scopes: ['features'] }],
    ['an id that is not that of the token', 403, {}, { scopes: ['features:write'], userId: 'somebody' }],
    ['a row without what the view reads', 400, { rows: { transactions: [{ id: 'zz-pushed' }] } }, { scopes: ['features:write'] }], // prettier-ignore
    ['a row at the moment itself or later', 400, { asOf: '2026-10-05T02:30:00Z' }, { scopes: ['features:write'] }],
    ['a customer whom the last run did not know', 404, { entity: 'nobody' }, { scopes: ['features:write'] }],
  ])('refuses %s, and stores nothing', async (_, status, change, token) => {
    week.clockAt(PUSHED_AFTER);
    const before = await readBack();
    expect((await push({ ...bodyOf(PUSHED_AFTER), ...change }, token)).status).toBe(status);
    expect(await readBack()).toEqual(before);
  });

  it('stores what is read back and what an answer by reference uses, until a run supersedes it', async () => {
    week.clockAt(PUSHED_AFTER);
    const before = await readBack();
    expect(await predict()).toMatchObject({ features: [{ view: VIEW, asOf: before.asOf }, {}] });
    const { asOf } = bodyOf(PUSHED_AFTER);
    const pushed = await push(bodyOf(PUSHED_AFTER), { scopes: ['features:write'], userId });
    expect(pushed).toMatchObject({ status: 200, body: { entity: userId, asOf, stored: true } });
    const after = await readBack();
    expect(after).toMatchObject({ asOf, values: pushed.body.values });
    expect(after.values).not.toEqual(before.values);
    week.clockAt(PUSHED_AFTER + 0.5);
    expect(await predict()).toMatchObject({ features: [{ view: VIEW, asOf }, {}] });

    const early = await week.check(first.asOf);
    expect(early.views.map(({ differing }) => differing)).toEqual([0, 0]);
    expect(early.notCompared).toMatchObject([{ reason: expect.stringContaining('not taken yet') as string, reads: 1 }]);

    await storeRow();
    const { momentOf } = await week.nextDay();
    expect(await readBack()).toMatchObject({ asOf: new Date(momentOf(userFinancials)).toISOString() });
    expect((await push(bodyOf(PUSHED_AFTER))).body).toMatchObject({ stored: false });
  }, 60_000);

  it('is equal to what the next snapshot gives as of the same moment', async () => {
    const result = await week.check(first.asOf);
    expect(result).toMatchObject({ status: 'sound', answers: 2, notCompared: [] });
    expect(result.views.map(({ compared, differing }) => [compared, differing])).toEqual([
      [2, 0],
      [2, 0],
    ]);
  });
});

describe('customers whose rows changed', () => {
  it('leave the values of the others, which are sound until their time to live', async () => {
    await week.nextDay();
    const { computed, asOf } = await week.increment(6);
    expect(computed[0]).toBeGreaterThan(0);
    expect(computed[0]).toBeLessThan(week.userIds().length);
    for (const hours of [7, userFinancials.timeToLiveSeconds / 3600]) {
      const since = week.clockAt(hours);
      await week.ask(week.userIds());
      const result = await week.check(since);
      expect(result).toMatchObject({ status: 'sound', answers: 20, notCompared: [] });
    }
    const since = week.clockAt(userFinancials.timeToLiveSeconds / 3600 + 1);
    await week.ask(week.userIds());
    const findings = (await week.check(since)).views.find(({ view }) => view === VIEW)!.findings;
    expect(findings).toMatchObject([{ cause: 'stale', reads: 20 - computed[0]! }]);
    expect(asOf).toBeLessThan(since);
  }, 60_000);
});
