import { expect, it } from 'vitest';
import { momentInput } from './moment-input.js';

it.each([
  '2025-12-20T10:25+05:30',
  '2025-12-20T10:25:00Z',
  '2025-12-20 10:25',
  '2025-12-20',
  '2025-12-20T10:25:00.123-0400',
])('takes %s, as a file may have it', (text) => expect(momentInput.safeParse(text).success).toBe(true));

it.each(['2025-02-30', '20/12/2025', '2025-12-20T25:00', 'today', '', '2025-12-20T10:25+5'])('refuses %j', (text) =>
  expect(momentInput.safeParse(text).error?.issues[0]?.message).toBe(
    'wanted a date (2026-03-02) or a time (2026-03-02T18:05:00+05:30)',
  ),
);
