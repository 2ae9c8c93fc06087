import { expect, it } from 'vitest';
import { paydays } from '../../calendar/index.js';
import { indianHolidays, indianPaydays } from './holidays.js';

it('indianHolidays gives each holiday the requested window', () => {
  expect(indianHolidays(2, 1).every(({ lowerWindow, upperWindow }) => lowerWindow === -2 && upperWindow === 1)).toBe(
    true,
  );
});

it('indianPaydays is one holiday with the paydays of the years', () => {
  const years = { first: 2024, last: 2024 };
  expect(indianPaydays(years, 'last-bank-day')).toEqual({ name: 'payday', days: paydays(years, 'last-bank-day') });
});
