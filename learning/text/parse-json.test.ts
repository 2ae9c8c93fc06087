import { expect, it } from 'vitest';
import { parseJsonText } from './parse-json.js';

it('keeps fractions with many digits as numbers, and long whole numbers as text', () => {
  const text =
    '{"share":0.058823529411764705,"small":-1.5e-0000000000000001,"id":-1234567890123456789,"name":"1.1234567890123456"}';
  expect(parseJsonText(text)).toEqual({
    share: 0.058823529411764705,
    small: -1.5e-1,
    id: '-1234567890123456789',
    name: '1.1234567890123456',
  });
});
