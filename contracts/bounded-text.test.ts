import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { boundedText, countCharacters, hasAtMost } from './bounded-text.js';

it('counts code points, a lone surrogate as one', () => {
  const text = fc.array(fc.constantFrom('a', 'é', '₹', '🪙', '\ud83d', '\ude00'), { maxLength: 20 });
  fc.assert(fc.property(text, (parts) => countCharacters(parts.join('')) === Array.from(parts.join('')).length));
});

it('takes as many emoji as letters, and one character more of neither', () => {
  const schema = boundedText(3);
  expect(['abc', '🪙🪙🪙', 'a🪙b'].map((text) => schema.safeParse(text).success)).toEqual([true, true, true]);
  expect(['abcd', '🪙🪙🪙🪙'].map((text) => schema.safeParse(text).success)).toEqual([false, false]);
  expect(hasAtMost('🪙🪙', 1)).toBe(false);
});

it('has the JSON schema of zod’s own limit, also as a part and with other rules after it', () => {
  const described = (text: z.ZodString) =>
    z.toJSONSchema(z.strictObject({ text: text.min(1).refine((value) => value !== 'x').optional().describe('a text') }), { io: 'input' }); // prettier-ignore
  expect(described(boundedText(7))).toEqual(described(z.string().max(7)));
});
