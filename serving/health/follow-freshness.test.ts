import { describe, expect, it, vi } from 'vitest';
import type { Freshness } from '../../feature-store/online/freshness.js';
import { createTestApi, routerOfFixture } from '../../tests/support/test-api.js';
import { followFreshness } from './follow-freshness.js';
import type { HealthReport } from './health-report.js';

const DAY_MS = 86_400_000;
const eventTime = Date.UTC(2026, 10, 30);
const written = { view: 'habits', version: 2, eventTime, wholeEventTime: eventTime - DAY_MS, entities: 5, writtenAt: eventTime }; // prettier-ignore
const fresh: Freshness = { kind: 'feature view', name: 'habits', version: 2, written, state: 'fresh' };
const missing: Freshness = { kind: 'state', name: 'history', version: 1, written: null, state: 'missing' };
const views = [
  { kind: 'feature view', name: 'habits', version: 2, status: 'fresh', asOf: '2026-11-30T00:00:00.000Z', oldestAsOf: '2026-11-29T00:00:00.000Z' }, // prettier-ignore
  { kind: 'state', name: 'history', version: 1, status: 'missing', asOf: null, oldestAsOf: null },
];

function following(read: () => Promise<readonly Freshness[]>) {
  const logger = { warn: vi.fn() };
  return { logger, followed: followFreshness({ read, logger }) };
}

describe('followFreshness', () => {
  it('has the moment of the newest and of the oldest value of each view', async () => {
    const { followed } = following(() => Promise.resolve([fresh, missing]));
    expect(followed.latest()).toEqual([]);
    await followed.look();
    expect(followed.latest()).toEqual(views);
  });

  it('keeps what was read when the store does not answer, and says so in the log', async () => {
    const read = vi.fn().mockResolvedValueOnce([fresh, missing]).mockRejectedValueOnce(new Error('away'));
    const { followed, logger } = following(read);
    await followed.look();
    await followed.look();
    expect(followed.latest()).toEqual(views);
    expect(logger.warn).toHaveBeenCalledOnce();
  });

  it('is shown by /health without asking the store', async () => {
    const read = vi.fn(() => Promise.resolve([fresh, missing]));
    const { followed } = following(read);
    await followed.look();
    const router = await routerOfFixture();
    const app = await createTestApi(router, { freshness: () => followed.latest() });
    for (let request = 0; request < 3; request++) {
      const { views: shown, status } = (await app.inject('/health')).json<HealthReport>();
      expect([shown, status]).toEqual([views, 'ok']);
    }
    expect(read).toHaveBeenCalledOnce();
    await app.close();
    router.close();
  });
});
