import type { ResultTable } from '../../../contracts/evaluation.js';
import {
  FOUR_FIFTHS,
  type GroupFairness,
  SIGNIFICANCE,
  SMALLEST_GROUP,
} from '../../../learning/evaluation/fairness/group-fairness.js';

const share = (value: number): string => (Number.isNaN(value) ? '–' : `${(100 * value).toFixed(1)} %`);
const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
const rangeOf = ({ ratioInterval: { low, high } }: GroupFairness): string => `${low.toFixed(3)} to ${high.toFixed(3)}`;

/** `gender "female" is approved 0.93 times as often as "male" (95 % interval 0.86 to 1.01, p 0.12)`. */
export const groupSentence = (found: GroupFairness): string =>
  `${found.attribute} "${found.group}" is approved ${found.ratio.toFixed(3)} times as often as "${found.reference}" ` +
  `(95 % interval ${rangeOf(found)}, p ${pText(found.pValue)})`;

/** What the four-fifths rule and the test say together of one group. */
export function ruleOf({ group, reference, ratio, pValue }: GroupFairness): string {
  if (group === reference) return 'best-treated group';
  if (Number.isNaN(ratio)) return 'not measurable: nobody is approved';
  const beyondChance = pValue < SIGNIFICANCE;
  if (ratio < FOUR_FIFTHS)
    return beyondChance ? `adverse: below ${FOUR_FIFTHS} beyond chance` : `below ${FOUR_FIFTHS}, within chance`;
  return beyondChance ? `differs beyond chance, not below ${FOUR_FIFTHS}` : 'no difference beyond chance';
}

function rowOf(found: GroupFairness): string[] {
  const { attribute, group, reference, n, ratio } = found;
  const compared =
    group === reference
      ? ['1', '–', '–']
      : [Number.isNaN(ratio) ? '–' : ratio.toFixed(3), rangeOf(found), pText(found.pValue)];
  const shares = [found.approvalRate, found.goodApproved, found.badApproved].map(share);
  return [`${attribute}: ${group}`, String(n), ...shares, ...compared, ruleOf(found)];
}

/** Approval of every protected group beside the best-treated one: ratio, interval, significance and the rule's verdict. */
export function fairnessTable(groups: readonly GroupFairness[], approvalRate: number): ResultTable {
  const numeric = ['n', 'approved', 'of good loans', 'of bad loans', 'ratio', '95 % interval', 'p'];
  return {
    title: 'Equal treatment',
    caption:
      `With the safest ${(100 * approvalRate).toFixed(0)} % approved, each group of at least ${SMALLEST_GROUP} rows beside the ` +
      "best-treated group of its attribute. ratio: its approval rate over that group's; interval by Katz; p by Fisher's " +
      `exact test, after Holm over all groups. Rule: a ratio below ${FOUR_FIFTHS} (four fifths) with p < ${SIGNIFICANCE} ` +
      'is adverse. The metric adverseImpactRatio is the smallest ratio with such a p, and 1 where no group has one.',
    columns: [
      { title: 'group', numeric: false },
      ...numeric.map((title) => ({ title, numeric: true })),
      { title: 'rule', numeric: false },
    ],
    rows: groups.map(rowOf),
  };
}
