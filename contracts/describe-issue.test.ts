import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf } from './describe-fields.js';
import { describeIssues } from './describe-issue.js';

const schema = z.strictObject({
  amount: z.number().min(0).max(1_000_000),
  term: z.number().multipleOf(1).min(1).optional(),
  kind: z.enum(['vehicle', 'home']).optional(),
  text: z.string().min(1).max(20).optional(),
  tags: z.array(z.string()).max(1).optional(),
  share: z.number().gt(0).lt(1).optional(),
});

const faults = (input: unknown): string[] => {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : describeIssues(parsed.error, input, () => fieldsOf(schema));
};

describe('describeIssues', () => {
  it.each([
    [{ amount: -61_000 }, 'amount: found a negative number, wanted at least 0'],
    [{ amount: 2e6 }, 'amount: found a number, wanted at most 1,000,000'],
    [{ amount: '12' }, 'amount: found a text of 2 characters, wanted a number'],
    [{ amount: null }, 'amount: found null, wanted a number'],
    [{}, 'amount: found nothing, wanted a number'],
    [{ amount: 1, term: 0 }, 'term: found a number, wanted at least 1'],
    [{ amount: 1, term: 2.5 }, 'term: found a fraction, wanted a whole number'],
    [{ amount: 1, share: 1 }, 'share: found a number, wanted less than 1'],
    [{ amount: 1, share: 0 }, 'share: found a number, wanted more than 0'],
    [
      { amount: 1, kind: 'Vehicel' },
      'kind: found a text of 7 characters that is not in the list, wanted one of vehicle, home; the nearest is vehicle',
    ],
    [{ amount: 1, kind: '' }, 'kind: found an empty text that is not in the list, wanted one of vehicle, home'],
    [{ amount: 1, text: '' }, 'text: found an empty text, wanted at least 1 characters'],
    [{ amount: 1, text: 'x'.repeat(21) }, 'text: found a text of 21 characters, wanted at most 20 characters'],
    [{ amount: 1, tags: ['a', 'b'] }, 'tags: found a list of 2, wanted at most 1 entries'],
    [{ amount: 1, ammount: 2 }, 'ammount: there is no input of this name; the nearest is amount'],
    [[1], 'input: found a list of 1, wanted an object'],
    [true, 'input: found a boolean, wanted an object'],
  ])('names field, found and wanted: %j', (input, wanted) => expect(faults(input)).toEqual([wanted]));

  it('shows no value of the input', () => {
    expect(faults({ amount: -987_654, kind: 'Secret', text: '' }).join()).not.toMatch(/987|Secret/);
  });
});
