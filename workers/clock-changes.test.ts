import { expect, it } from 'vitest';
import { clockChanges } from './clock-changes.js';

const span = { from: Date.parse('2026-11-30T05:00:00Z'), to: Date.parse('2027-12-30T05:00:00Z') };
const changes = (cron: string, timezone: string) => clockChanges({ cron, timezone }, span);

it('names the days on which a time does not exist', () => {
  expect(changes('30 2 * * *', 'Europe/Berlin')).toEqual([{ day: '2027-03-28', effect: 'skipped', times: ['02:30'] }]);
});

it('names the days on which a time that comes twice starts twice, west of Greenwich', () => {
  expect(changes('30 2 * * *', 'America/New_York').map(({ day, effect }) => [day, effect])).toEqual([
    ['2027-03-14', 'skipped'],
  ]);
  expect(changes('30 1 * * *', 'America/New_York').map(({ day, effect }) => [day, effect])).toEqual([
    ['2027-11-07', 'twice'],
  ]);
});

it.each([
  ['at a time that no change touches', '0 3 * * *', 'Europe/Berlin'],
  ['on weekdays, as clocks change on Sundays', '30 2 * * 1-5', 'Europe/Berlin'],
  ['in a zone without daylight saving time', '30 2 * * *', 'Asia/Kolkata'],
  ['where clocks go forward by half an hour', '15 2 * * *', 'Australia/Lord_Howe'],
  ['of a time that comes twice, east of Greenwich', '30 1 * 10 *', 'Europe/London'],
  ['in UTC', '* * * * *', 'UTC'],
])('finds nothing %s', (_, cron, timezone) => {
  expect(changes(cron, timezone)).toEqual([]);
});

it('leaves out changes outside the span', () => {
  const autumn = { from: Date.parse('2027-04-01'), to: Date.parse('2027-10-01') };
  expect(clockChanges({ cron: '30 2 * * *', timezone: 'Europe/Berlin' }, autumn)).toEqual([]);
});
