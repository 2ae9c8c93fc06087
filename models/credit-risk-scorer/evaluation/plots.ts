import type { TrainingData } from '../../../contracts/dataset.js';
import type { Plot } from '../../../contracts/evaluation.js';
import type { Scored } from '../../../learning/evaluation/metrics/index.js';
import type { BandRow } from './band-stability.js';
import type { FairnessReport } from './fairness.js';
import { bandsPlot } from './plots/bands.js';
import { contributionPlot } from './plots/contributions.js';
import { calibrationPlot, distributionPlot, rocPlot } from './plots/curves.js';
import { ratioPlot, tradeOffPlot } from './plots/fairness.js';
import { labelsFor } from '../prediction/feature-labels.js';
import type { RecordedFacts } from './recorded-facts.js';

/** Data of the plots beside the scores. */
export interface PlotInputs {
  readonly holdout: TrainingData;
  readonly recorded: RecordedFacts;
  readonly fairness: FairnessReport;
  readonly bands: readonly BandRow[];
}

/**
 * ROC curve, calibration, score distribution, bands, Shapley values, approval ratios and fairness trade-off, as Vega-Lite
 * with inline data; plots without data are left out.
 */
export const evaluationPlots = (scored: Scored, { holdout, recorded, fairness, bands }: PlotInputs): Plot[] => [
  rocPlot(scored),
  calibrationPlot(scored),
  distributionPlot(scored),
  ...bandsPlot(bands),
  ...contributionPlot(holdout, recorded),
  ...ratioPlot(fairness, labelsFor(holdout.schema.table)),
  ...(recorded.trained ? tradeOffPlot(recorded.trained.tradeOff) : []),
];
