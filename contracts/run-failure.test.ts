import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainingStages } from './workflows.js';
import { errorTable } from './errors.js';
import { failureReason, parseFailureReason } from './run-failure.js';

describe('parseFailureReason', () => {
  it('reads what failureReason writes', () => {
    const failure = fc.record({
      stage: fc.option(fc.constantFrom<string>(...trainingStages)),
      code: fc.constantFrom(...Object.keys(errorTable)),
      message: fc.string(),
    });
    fc.assert(
      fc.property(failure, (given) => {
        expect(parseFailureReason(failureReason(given))).toEqual(given);
      }),
    );
  });

  it('is null for a reason of another form', () => {
    expect(parseFailureReason('job fitModel ended with signal SIGKILL')).toBeNull();
    expect(parseFailureReason('aucRoc ≥ 0.8: 0.71')).toBeNull();
  });
});
