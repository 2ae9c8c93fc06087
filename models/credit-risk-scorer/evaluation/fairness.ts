import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, ResultTable } from '../../../contracts/evaluation.js';
import {
  adverseImpactRatio,
  adverselyTreated,
  approveSafest,
  FOUR_FIFTHS,
  groupFairness,
  SMALLEST_GROUP,
  type GroupFairness,
} from '../../../learning/evaluation/fairness/group-fairness.js';
import { notMeasurable, type Scored } from '../../../learning/evaluation/metrics/index.js';
import { fairnessTable, groupSentence } from './fairness-table.js';
import { protectedAttributes } from '../data/protected.js';

/** The metric that the promotion gate reads. */
export const FAIRNESS_METRIC = 'adverseImpactRatio';

/** Approval rates at which the card shows the lowest ratio of each attribute. */
const RATES = Array.from({ length: 17 }, (_, i) => 0.15 + 0.05 * i);

/** Lowest ratio of an attribute's groups at one approval rate. */
export interface RatioAtRate {
  readonly attribute: string;
  readonly approvalRate: number;
  readonly ratio: number;
}

export interface FairnessReport {
  readonly approvalRate: number;
  readonly groups: readonly GroupFairness[];
  readonly metrics: readonly Metric[];
  readonly tables: readonly ResultTable[];
  readonly notes: readonly string[];
  readonly byRate: readonly RatioAtRate[];
}

const NO_GROUPS = `no protected attribute has two groups with ${SMALLEST_GROUP} held-out rows`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function notesOf(groups: readonly GroupFairness[], approvalRate: number): string[] {
  if (groups.length === 0) return [`fairness: ${NO_GROUPS}`];
  const adverse = adverselyTreated(groups);
  const stated = `with the safest ${percent(approvalRate)} approved`;
  if (adverse.length === 0)
    return [
      `fairness: ${stated} no group with ${SMALLEST_GROUP} rows is approved less than ${FOUR_FIFTHS} times as often beyond chance`,
    ];
  return adverse.map((group) => `fairness: ${stated} ${groupSentence(group)}`);
}

function lowestRatios(groups: readonly GroupFairness[], approvalRate: number): RatioAtRate[] {
  const lowest = new Map<string, number>();
  for (const { attribute, ratio } of groups.filter(({ ratio }) => !Number.isNaN(ratio)))
    lowest.set(attribute, Math.min(ratio, lowest.get(attribute) ?? 1));
  return [...lowest].map(([attribute, ratio]) => ({ attribute, approvalRate, ratio }));
}

/**
 * The worst ratio beyond chance; not measurable when there are no two groups to compare. Where no group differs beyond
 * chance it is 1, and the remark names the smallest ratio that was found.
 */
function fairnessMetric(groups: readonly GroupFairness[], attributes: number, n: number): Metric {
  if (groups.length === 0) {
    const remark = attributes === 0 ? 'the data have no protected attribute' : NO_GROUPS;
    return notMeasurable(FAIRNESS_METRIC, 'higher', remark);
  }
  const value = adverseImpactRatio(groups);
  const metric: Metric = { name: FAIRNESS_METRIC, value, direction: 'higher', n };
  const worst = groups.find(({ ratio }) => ratio === value && ratio < 1);
  if (worst !== undefined) return { ...metric, interval: worst.ratioInterval };
  const [smallest] = [...groups].filter(({ ratio }) => ratio < 1).sort((a, b) => a.ratio - b.ratio);
  const found = smallest === undefined ? '' : `; the smallest ratio: ${groupSentence(smallest)}`;
  return { ...metric, remark: `it is 1 because no group differs beyond chance${found}` };
}

/** Approval ratios of protected groups when this share of the scored loans is approved. */
export function evaluateFairness(
  { labels, scores }: Scored,
  holdout: TrainingData,
  approvalRate: number,
): FairnessReport {
  const attributes = protectedAttributes(holdout);
  const at = (rate: number): GroupFairness[] =>
    groupFairness(attributes, { approved: approveSafest(scores, rate), labels });
  const groups = at(approvalRate);
  return {
    approvalRate,
    groups,
    metrics: [fairnessMetric(groups, attributes.length, labels.length)],
    tables: groups.length === 0 ? [] : [fairnessTable(groups, approvalRate)],
    notes: notesOf(groups, approvalRate),
    byRate: RATES.flatMap((rate) => lowestRatios(at(rate), rate)),
  };
}
