import type { Expectation, TrainingData } from '../../contracts/dataset.js';
import { mean } from '../numeric/statistics/mean.js';
import { numberColumn } from '../table.js';

export interface LabelShare {
  /** Of the expectation. */
  readonly name: string;
  /** What rows of label 1 are called, `bad loans`. */
  readonly positives: string;
  readonly atLeast: number;
  readonly atMost: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const shareOf = ({ schema, table }: TrainingData): number =>
  mean(numberColumn(table, schema.label).filter((label) => !Number.isNaN(label)));

/**
 * Expects that the share of label 1 among the known labels is plausible: outside of the range it is more likely a fault
 * of the export than a fact. One class alone passes; it has an error of its own, `SINGLE_CLASS`, where it is learned from.
 */
export const plausibleLabelShare = ({ name, positives, atLeast, atMost }: LabelShare): Expectation => ({
  name,
  check(data) {
    const share = shareOf(data);
    if (share === 0 || share === 1 || Number.isNaN(share)) return null;
    if (share >= atLeast && share <= atMost) return null;
    return `found ${percent(share)} ${positives}, wanted ${percent(atLeast)} to ${percent(atMost)}`;
  },
});
