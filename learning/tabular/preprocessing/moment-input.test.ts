import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MOMENT } from '../../../contracts/json-schema-rules.js';
import { momentInput } from './moment-input.js';

const described = new RegExp(MOMENT.pattern as string);

it.each([
  '2025-12-20T10:25+05:30',
  '2025-12-20T10:25:00Z',
  '2025-12-20 10:25',
  '2025-12-20',
  '2025-12-20T10:25:00.123-0400',
])('takes %s, as a file may have it', (text) => {
  expect(momentInput.safeParse(text).success).toBe(true);
  expect(text).toMatch(described);
});

it.each(['2025-02-30', '20/12/2025', '2025-12-20T25:00', 'today', '', '2025-12-20T10:25+5'])('refuses %j', (text) =>
  expect(momentInput.safeParse(text).error?.issues[0]?.message).toBe(
    'wanted a date (2026-03-02) or a time (2026-03-02T18:05:00+05:30)',
  ),
);

it('takes every moment that its description takes', () => {
  fc.assert(
    fc.property(fc.stringMatching(described), (moment) => {
      expect(momentInput.safeParse(moment).error).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
