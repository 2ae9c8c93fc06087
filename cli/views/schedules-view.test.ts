import { expect, it } from 'vitest';
import { clockChangeLines } from './schedules-view.js';

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
