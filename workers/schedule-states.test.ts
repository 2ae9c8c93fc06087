import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../learning/time-series/calendar/index.js';
import { knownSince, missedTimes } from './schedule-states.js';

const NOW = Date.UTC(2026, 10, 30, 12);
const daysAgo = (days: number): Date => new Date(NOW - days * DAY_MS);
const action = (plannedAt: Date) => ({
  scheduledAt: plannedAt,
  takenAt: plannedAt,
  action: { type: 'startWorkflow' as const, workflow: { workflowId: 'run', firstExecutionRunId: 'run' } },
});

describe('missedTimes', () => {
  it('are the planned times without a run', () => {
    const planned = [daysAgo(21), daysAgo(14), daysAgo(7)];
    expect(missedTimes(planned, [action(daysAgo(21)), action(daysAgo(7)), action(daysAgo(1))])).toEqual([daysAgo(14)]);
    expect(missedTimes(planned, planned.map(action))).toEqual([]);
  });
});

describe('knownSince', () => {
  const info = { createdAt: daysAgo(30), lastUpdatedAt: undefined, recentActions: [] };

  it('is when the times were set last, for at most 35 days', () => {
    expect(knownSince(info, NOW)).toBe(daysAgo(30).getTime());
    expect(knownSince({ ...info, lastUpdatedAt: daysAgo(3) }, NOW)).toBe(daysAgo(3).getTime());
    expect(knownSince({ ...info, createdAt: daysAgo(90) }, NOW)).toBe(daysAgo(35).getTime());
  });

  it('is the oldest run that the server remembers, when it has forgotten others', () => {
    const runs = Array.from({ length: 10 }, (_, i) => action(daysAgo(i + 1)));
    expect(knownSince({ ...info, recentActions: runs }, NOW)).toBe(daysAgo(10).getTime());
    expect(knownSince({ ...info, recentActions: runs.slice(0, 9) }, NOW)).toBe(daysAgo(30).getTime());
  });
});
