import { describe, expect, it } from 'vitest';
import type { DatasetSchema } from '../../contracts/dataset.js';
import { plausibleLabelShare } from './label-share.js';

const expectation = plausibleLabelShare({ name: 'plausible', positives: 'bad loans', atLeast: 0.1, atMost: 0.5 });
const found = (...labels: number[]): string | null =>
  expectation.check({
    schema: { label: 'bad' } as DatasetSchema,
    table: { rowCount: labels.length, columns: { bad: { kind: 'number', values: Float64Array.from(labels) } } },
  });

describe('plausibleLabelShare', () => {
  it('passes a share within the range and leaves unknown labels out', () => {
    expect(found(1, 0, 0, NaN, NaN)).toBeNull();
  });

  it('names the share and the range outside of it', () => {
    expect(found(1, 1, 1, 0)).toBe('found 75.00 % bad loans, wanted 10.00 % to 50.00 %');
  });

  it('passes one class alone and no labels, which fail as SINGLE_CLASS and TOO_FEW_ROWS', () => {
    for (const labels of [[], [NaN], [0, 0], [1, 1]]) expect(found(...labels)).toBeNull();
  });
});
