import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../contracts/steps.js';
import { stepLines, stepOrigins } from './steps-view.js';

const record = (step: StepRecord['step'], part: number, computedBy: string): StepRecord =>
  ({ runKey: 'own', step, part, computedBy: { runKey: computedBy, workflowId: `w-${computedBy}` } }) as StepRecord;

const steps = [
  record('prepareDataset', 0, 'own'),
  record('fitShard', 0, 'earlier'),
  record('fitShard', 1, 'own'),
  record('fitModel', 0, 'earlier'),
];

describe('steps of a run', () => {
  it('are told with the runs that computed them, parts of a sharded step as one', () => {
    expect(stepOrigins(steps)).toEqual([
      { step: 'prepareDataset', parts: 1, reusedFrom: [] },
      { step: 'fitShard', parts: 2, reusedFrom: ['w-earlier'] },
      { step: 'fitModel', parts: 1, reusedFrom: ['w-earlier'] },
    ]);
  });

  it('are printed with the run that is repeated; nothing for a run from before they were recorded', () => {
    expect(stepLines({ workflowId: 'w-earlier', from: 'training' }, stepOrigins(steps))).toEqual([
      'repeats     w-earlier from training',
      'computed    prepareDataset',
      'reused      fitShard (2 parts) of w-earlier; fitModel of w-earlier',
    ]);
    expect(stepLines(null, [])).toEqual([]);
  });
});
