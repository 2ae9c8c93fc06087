import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definitionHashOf, signatureOf } from './version-hashes.js';

const output = z.strictObject({ probability: z.number() });
const signature = (input: z.ZodType): string => signatureOf({ input, output });

describe('signatureOf', () => {
  const input = z.strictObject({ amount: z.number(), kind: z.string().optional() });

  it('is the same when descriptions, bounds and the order of fields change', () => {
    const reworded = z.strictObject({
      kind: z.string().max(20).optional().describe('Kind of loan'),
      amount: z.number().min(0).describe('In INR'),
    });
    expect(signature(reworded)).toBe(signature(input));
  });

  it.each([
    ['a new name', z.strictObject({ amountInr: z.number(), kind: z.string().optional() })],
    ['another kind', z.strictObject({ amount: z.string(), kind: z.string().optional() })],
    ['a field that became required', z.strictObject({ amount: z.number(), kind: z.string() })],
    [
      'a field named like a keyword',
      z.strictObject({ amount: z.number(), kind: z.string().optional(), description: z.string() }),
    ],
  ])('changes with %s', (_what, changed) => {
    expect(signature(changed)).not.toBe(signature(input));
  });

  it('changes with the output', () => {
    expect(signatureOf({ input, output: z.strictObject({ score: z.number() }) })).not.toBe(signature(input));
  });
});

describe('definitionHashOf', () => {
  it('changes with parameters and with the version of a feature view', () => {
    const views = [{ name: 'credit-risk', version: 1 }];
    const model = { definitionVersion: 1, backend: { views } } as unknown as Parameters<typeof definitionHashOf>[0];
    const raised = { ...model, backend: { views: [{ name: 'credit-risk', version: 2 }] } } as unknown as typeof model;
    const hash = definitionHashOf(model, { maxDepth: 6 });
    expect(definitionHashOf(model, { maxDepth: 6 })).toBe(hash);
    expect(definitionHashOf(model, { maxDepth: 7 })).not.toBe(hash);
    expect(definitionHashOf(raised, { maxDepth: 6 })).not.toBe(hash);
  });
});
