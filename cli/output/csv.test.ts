import { expect, it } from 'vitest';
import { csvText } from './csv.js';

it('quotes cells as RFC 4180 says, and ends lines with CRLF', () => {
  expect(csvText([['a,b', 'say "x"', 'two\nlines', null, 1.5, -2, Number.NaN]])).toBe('"a,b","say ""x""","two\nlines",,1.5,-2,NaN\r\n'); // prettier-ignore
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('does not let %j be a formula', (text) => {
  expect(csvText([[text]]).replace(/^"/, '')).toMatch(/^'/);
});
