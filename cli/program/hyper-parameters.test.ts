import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { addHyperParameterFlags, collectHyperParameters, describeParams } from './hyper-parameters.js';

const params = z.strictObject({
  maxDepth: z.int().min(1).default(6).describe('Depth of a tree.'),
  learningRate: z.number().positive().default(0.1),
});
const model = { name: 'scorer', params } as unknown as ModelDefinition;

function parse(...words: string[]): Record<string, unknown> {
  const command = addHyperParameterFlags(new Command('train')).exitOverride();
  command.parse(words, { from: 'user' });
  return collectHyperParameters(command.opts());
}

describe('hyper-parameters', () => {
  it('reads flags as names in camel case, with numbers as numbers', () => {
    expect(parse('--max-depth', '6', '--n-estimators', '100', '--learning-rate', '2e-5')).toEqual({
      maxDepth: 6,
      nEstimators: 100,
      learningRate: 2e-5,
    });
  });

  it('accepts any name with --param, and text that is not JSON as text', () => {
    expect(parse('--param', 'gamma=0.5', '--param', 'kernel=a=b', '--param', 'on=true')).toEqual({
      gamma: 0.5,
      kernel: 'a=b',
      on: true,
    });
  });

  it('refuses --param without a name', () => {
    expect(() => parse('--param', 'gamma')).toThrow('name=value');
  });

  it('describes parameters from the schema', () => {
    expect(describeParams(model)).toEqual([
      { name: 'maxDepth', initial: '6', description: 'Depth of a tree.' },
      { name: 'learningRate', initial: '0.1', description: '' },
    ]);
  });
});
