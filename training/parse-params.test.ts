import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { parseParams } from './parse-params.js';

const params = z.strictObject({
  maxDepth: z.int().min(1).default(6),
  learningRate: z.number().positive().default(0.1),
});
const model = { name: 'scorer', params } as unknown as ModelDefinition;

describe('parseParams', () => {
  it('refuses a parameter that the model does not have, naming those it has', () => {
    expect(() => parseParams(model, { epochs: 5 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_HYPERPARAMETERS',
        message: 'scorer has no hyper-parameter epochs; it has maxDepth, learningRate',
      }) as Error,
    );
  });

  it('refuses a value out of range, accepts one in range and fills in defaults', () => {
    expect(() => parseParams(model, { maxDepth: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_HYPERPARAMETERS' }) as Error,
    );
    expect(parseParams(model, { maxDepth: 3 })).toEqual({ maxDepth: 3, learningRate: 0.1 });
    expect(parseParams(model, {})).toEqual({ maxDepth: 6, learningRate: 0.1 });
  });
});
