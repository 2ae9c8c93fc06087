import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MOMENT } from '../../../contracts/json-rules.js';
import { momentInput } from './moment-input.js';

it('takes every moment that its description takes', () => {
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(MOMENT.pattern as string)), (moment) => {
      expect(momentInput.safeParse(moment).error).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
