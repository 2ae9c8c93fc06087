import { expect, it } from 'vitest';
import { cardFileName } from './card-files.js';

const version = {
  modelName: 'credit-risk-scorer',
  line: 'default',
  version: '1.0.1',
  workflowId: 'weekly-2026-11-30/credit-risk-scorer',
};

it('names the card of a version by model and version, and by line where it is not the own backend', () => {
  expect(cardFileName(version)).toBe('credit-risk-scorer-1.0.1.html');
  expect(cardFileName({ ...version, line: 'berka' })).toBe('credit-risk-scorer-berka-1.0.1.html');
});

it('names the card of a rejected run by the run, so that the next rejection keeps it', () => {
  const rejected = { ...version, line: 'synthetic', version: null };
  expect(cardFileName(rejected)).toBe('credit-risk-scorer-synthetic-rejected-weekly-2026-11-30.html');
  expect(cardFileName({ ...rejected, workflowId: 'my id/../x' })).toBe(
    'credit-risk-scorer-synthetic-rejected-my-id-..-x.html',
  );
});
