import { ApplicationFailure } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { promoteModelInput, trainModelInput } from '../contracts/workflows.js';
import { parseInput, required } from './parse-input.js';

/** The failure that parsing this ends with. */
function refusal(work: () => unknown): ApplicationFailure {
  try {
    work();
  } catch (failure) {
    if (failure instanceof ApplicationFailure) return failure;
    throw failure;
  }
  throw new Error('it was accepted');
}

describe('parseInput', () => {
  it.each([undefined, null, {}])('fills in every default for %j', (input) => {
    expect(parseInput(promoteModelInput, input)).toMatchObject({ line: 'default', toStage: 'production' });
  });

  it('names each field that does not fit, the one that was meant, and all that can be given', () => {
    const failure = refusal(() => parseInput(trainModelInput, { modelname: 'x', seed: 'y', params: [] }));
    expect(failure).toMatchObject({ type: 'INVALID_INPUT', nonRetryable: true });
    const lines = failure.message.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '- modelname: there is no input of this name; the nearest is modelName',
        '- seed: found a text of 1 characters, wanted a number',
        '- params: found a list of 0, wanted an object',
        'What can be given:',
        '- modelName: string or null, default null',
        '- seed: integer or null, default null',
      ]),
    );
    expect(failure.details?.[0]).toMatchObject({ faults: lines.slice(1, 4).map((line) => line.slice(2)) });
  });

  it.each(['text', 7, true, [1]])('refuses %j, which is no object', (input) => {
    expect(refusal(() => parseInput(trainModelInput, input)).message).toMatch(/input: found .+, wanted an object/);
  });

  it('shows no value of the input', () => {
    const failure = refusal(() => parseInput(trainModelInput, { modelName: 'Ada Lovelace', seed: 'secret' }));
    expect(failure.message).not.toMatch(/Ada|secret/);
  });
});

it('required names the field that is absent', () => {
  expect(required('x', 'reason')).toBe('x');
  expect(refusal(() => required(null, 'reason')).message).toContain('reason is required');
});
