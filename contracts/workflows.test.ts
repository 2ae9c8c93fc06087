import { describe, expect, it } from 'vitest';
import { masterTrainingInput, trainModelInput } from './workflows.js';

describe.each([
  ['masterTraining', masterTrainingInput],
  ['trainModel', trainModelInput],
])('the input of %s', (_workflow, schema) => {
  it('accepts `trigger`, which inputs recorded before 0.2 have, with the same defaults', () => {
    expect(schema.parse({ trigger: 'schedule' })).toEqual({ ...schema.parse({}), trigger: 'schedule' });
  });
});
