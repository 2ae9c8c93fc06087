import type { Plot } from '../../../../contracts/evaluation.js';
import { FOUR_FIFTHS } from '../../../../learning/evaluation/fairness/group-fairness.js';
import type { FairnessReport } from '../fairness.js';
import type { TradeOff } from '../../training/fairness-trade-off.js';
import type { LabelOf } from '../../prediction/feature-labels.js';
import { axis, rounded, SCHEMA, SIZE } from '../../../../learning/evaluation/plots/drawing.js';

const fourFifths = (channel: 'x' | 'y') => ({
  data: { values: [{ ratio: FOUR_FIFTHS }] },
  mark: { type: 'rule', strokeDash: [4, 4], color: '#999' },
  encoding: { [channel]: { field: 'ratio', type: 'quantitative' } },
});

/** Lowest approval ratio of each protected attribute at every approval rate. */
export function ratioPlot({ byRate }: FairnessReport, labelOf: LabelOf): Plot[] {
  if (byRate.length === 0) return [];
  const values = byRate.map(({ attribute, approvalRate, ratio }) => ({
    attribute: labelOf(attribute).label,
    approvalRate: rounded(approvalRate),
    ratio: rounded(ratio),
  }));
  const encoding = {
    x: { ...axis('approvalRate', 'share of applications approved'), axis: { format: '.0%' } },
    y: { ...axis('ratio', 'lowest approval ratio'), scale: { zero: false } },
    color: { field: 'attribute', type: 'nominal', title: 'attribute' },
  };
  const lines = { data: { values }, mark: { type: 'line', point: { size: 20 } }, encoding };
  return [
    {
      title: 'Equal approval',
      caption:
        'How often the worst-treated group of each protected attribute is approved, relative to the best-treated one; below the dashed line (four fifths) it counts as adverse when chance does not explain it.',
      spec: { $schema: SCHEMA, ...SIZE, layer: [fourFifths('y'), lines] },
    },
  ];
}

/** AUC against the lowest approval ratio for both mitigations at several strengths. */
export function tradeOffPlot({ points, approvalRate }: TradeOff): Plot[] {
  if (points.length === 0) return [];
  const start = points.find(({ mitigation }) => mitigation === 'none');
  const values = points.map(({ mitigation, strength, auc, lowestRatio }) => ({
    mitigation,
    auc: rounded(auc),
    lowestRatio: rounded(lowestRatio),
    text: mitigation === 'none' ? 'none' : `× ${strength}`,
    order: strength,
  }));
  const curves = (['reweighing', 'penalty'] as const).flatMap((mitigation) => [
    ...(start ? [{ mitigation, auc: rounded(start.auc), lowestRatio: rounded(start.lowestRatio), order: 0 }] : []),
    ...values.filter((value) => value.mitigation === mitigation),
  ]);
  const x = { ...axis('lowestRatio', 'lowest approval ratio of any group'), scale: { zero: false, nice: true } };
  const y = { ...axis('auc', 'AUC-ROC'), scale: { zero: false, nice: true } };
  const color = { field: 'mitigation', type: 'nominal', title: 'mitigation' };
  const lines = {
    data: { values: curves },
    mark: { type: 'line', opacity: 0.5 },
    encoding: { x, y, color, order: { field: 'order' } },
  };
  const marks = { data: { values }, mark: { type: 'point', filled: true, size: 60 }, encoding: { x, y, color } };
  const labels = ([true, false] as const).map((below) => ({
    // Above the points of one mitigation and below those of the other, because the two curves lie close together.
    data: { values: values.filter(({ mitigation }) => (mitigation === 'penalty') === below) },
    mark: { type: 'text', dy: below ? 12 : -10 },
    encoding: { x, y, color, text: { field: 'text' } },
  }));
  const rate = (100 * approvalRate).toFixed(0);
  return [
    {
      title: 'Fairness trade-off',
      caption: `What more equal approval costs in ranking, by mitigation and strength, with ${rate} % approved; cross-validated on training rows with coarser trees than the model's. The dashed line is four fifths.`,
      spec: { $schema: SCHEMA, ...SIZE, layer: [fourFifths('x'), lines, marks, ...labels] },
    },
  ];
}
