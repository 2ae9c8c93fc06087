import { describe, expect, it } from 'vitest';
import { scheduledMoments } from './cron-times.js';

const between = (cron: string, timezone: string, [from, to]: readonly [string, string]): string[] =>
  scheduledMoments({ cron, timezone }, { from: Date.parse(from), to: Date.parse(to) }).map((moment) =>
    new Date(moment).toISOString(),
  );

describe('scheduledMoments', () => {
  it('are those of the clock on the wall, with both ends of the span', () => {
    const span = ['2026-10-11T21:30:00Z', '2026-10-25T21:30:00Z'] as const;
    expect(between('0 3 * * 1', 'Asia/Kolkata', span)).toEqual([
      '2026-10-11T21:30:00.000Z',
      '2026-10-18T21:30:00.000Z',
      '2026-10-25T21:30:00.000Z',
    ]);
    expect(between('0 3 * * 1', 'Asia/Kolkata', ['2026-10-11T21:30:01Z', '2026-10-18T21:29:59Z'])).toEqual([]);
  });

  it('move with the change of clocks, leave out what does not exist and take the first of two', () => {
    expect(between('0 3 * * 1', 'Europe/Berlin', ['2026-10-19T00:00:00Z', '2026-10-27T00:00:00Z'])).toEqual([
      '2026-10-19T01:00:00.000Z',
      '2026-10-26T02:00:00.000Z',
    ]);
    expect(between('30 2 29 3 *', 'Europe/Berlin', ['2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z'])).toEqual([]);
    expect(between('30 2 25 10 *', 'Europe/Berlin', ['2026-10-24T00:00:00Z', '2026-10-26T00:00:00Z'])).toEqual([
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  it('are none for a line that is no schedule', () => {
    expect(between('often', 'UTC', ['2026-10-01T00:00:00Z', '2026-10-31T00:00:00Z'])).toEqual([]);
  });
});
