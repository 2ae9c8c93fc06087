import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeFields, fieldsOf } from './describe-fields.js';
import { masterTrainingInput } from './workflows.js';

const schema = z.strictObject({
  name: z.string().nullable().default(null),
  seed: z.int().default(42),
  stage: z.enum(['staging', 'production']).default('production'),
  models: z.array(z.string()).default([]),
  rows: z.array(z.unknown()).default([]),
  params: z.record(z.string(), z.unknown()).default({}),
  note: z.string().optional(),
  approver: z.string(),
});

describe('describeFields', () => {
  it('states type and default of each field, in the order of the schema', () => {
    expect(describeFields(schema)).toEqual([
      'name: string or null, default null',
      'seed: integer, default 42',
      'stage: "staging" or "production", default "production"',
      'models: list of string, default []',
      'rows: list of anything, default []',
      'params: object, default {}',
      'note: string, optional',
      'approver: string, required',
    ]);
  });

  it('knows the fields of a workflow input', () => {
    expect(describeFields(masterTrainingInput)).toHaveLength(fieldsOf(masterTrainingInput).length);
    expect(fieldsOf(masterTrainingInput)).toEqual(expect.arrayContaining(['models', 'source', 'seed']));
  });

  it('knows no fields of what is no object', () => {
    expect(describeFields(z.string())).toEqual([]);
  });
});
