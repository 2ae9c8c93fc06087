import { expect, it } from 'vitest';
import { clockChangeLines, missedLines } from './schedules-view.js';

const applied = { scheduleId: 'weekly-retraining', action: 'updated', nextRuns: [], paused: false } as const;

it('says on which days a schedule does not start or starts twice', () => {
  const clockChanges = [
    { day: '2027-03-28', effect: 'skipped', times: ['02:30'] },
    { day: '2027-10-31', effect: 'twice', times: ['02:00', '02:15', '02:30', '02:45'] },
  ] as const;
  expect(clockChangeLines([{ ...applied, clockChanges }], 'Europe/Berlin')).toEqual([
    'weekly-retraining does not start on 2027-03-28 at 02:30 in Europe/Berlin: the clocks go forward and leave that time out',
    'weekly-retraining starts twice on 2027-10-31 at 02:00, 02:15, 02:30 and 1 more in Europe/Berlin: the clocks go back and that time comes twice',
  ]);
});

it('says nothing where no change of clocks touches a schedule', () => {
  expect(clockChangeLines([{ ...applied, clockChanges: [] }], 'UTC')).toEqual([]);
});

it('names the newest runs that were missed, and counts the others', () => {
  const day = (date: number): Date => new Date(Date.UTC(2026, 10, date, 3));
  expect(
    missedLines([
      { scheduleId: 'weekly-retraining', missedRuns: [day(2)] },
      { scheduleId: 'daily-data-pipeline', missedRuns: [1, 2, 3, 4, 5].map(day) },
      { scheduleId: 'other', missedRuns: [] },
    ]),
  ).toEqual([
    'weekly-retraining started no run at 2026-11-02 03:00:00 (UTC)',
    'ml schedule backfill --from 2026-11-02T03:00:00Z --to 2026-11-02T03:00:00Z',
    'daily-data-pipeline started no run at 2026-11-03 03:00:00, 2026-11-04 03:00:00, 2026-11-05 03:00:00 and 2 earlier (UTC)',
  ]);
});
