import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { fitCalibration } from '../../../learning/evaluation/calibration/calibration.js';
import { chooseCalibration } from '../../../learning/evaluation/calibration/choose-calibration.js';
import {
  openBoostingFits,
  predictMargin,
  type GradientBoostingState,
} from '../../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../../learning/numeric/matrix/index.js';
import { encodeState } from '../../../learning/artefact/state-json.js';
import { selectRows } from '../../../learning/table.js';
import { writeJson } from '../../../learning/artefact/index.js';
import { contributionsOf, importanceOf } from '../prediction/contributions.js';
import { crossFittedMargins, foldMargins } from './cross-fit.js';
import { explanationFactsOf } from '../prediction/explanation.js';
import { fairnessTradeOff } from './fairness-trade-off.js';
import { fitTrees, type FittingContext } from './fit-trees.js';
import { scorerGraph } from '../prediction/graph.js';
import type { CreditParams } from '../params.js';
import { encodeTable } from '../../../learning/tabular/preprocessing/index.js';
import { completeRows, derivationsOf, derivedIn } from '../data/derived-inputs.js';
import { withProtectedFeatures } from '../data/protected.js';
import { buildScorecard, type Scorecard } from '../prediction/scorecard.js';
import { prepareTraining, type TrainingSet } from '../data/training-set.js';

/** Rows that importance is measured on; more rows change it in the third digit only. */
const IMPORTANCE_ROWS = 500;

/** Calibration and bands from cross-fitted margins; in-sample and uncalibrated when a class has too few rows to hold out. */
async function scorecardOf(
  set: TrainingSet,
  trees: GradientBoostingState,
  context: FittingContext,
): Promise<Scorecard> {
  const { calibration: asked, approvalRate } = set.params;
  const labels = Float64Array.from(set.labelled, (row) => set.labels[row]!);
  const margins = await crossFittedMargins(set, context);
  if (margins === null) {
    const seen = predictMargin(trees, selectMatrixRows(set.x, set.labelled));
    return buildScorecard(fitCalibration('none', seen, labels), approvalRate, { margins: seen, labels });
  }
  if (asked !== 'auto')
    return buildScorecard(fitCalibration(asked, margins, labels), approvalRate, { margins, labels });
  const choice = chooseCalibration(foldMargins(set, margins, context.seed));
  const fitted = fitCalibration(choice.kind, margins, labels);
  return { ...buildScorecard(fitted, approvalRate, { margins, labels }), choice };
}

/** Evenly spread positions, at most `count`. */
const spread = (rows: Int32Array, count: number): number[] =>
  Array.from(
    { length: Math.min(count, rows.length) },
    (_, i) => rows[Math.floor((i * rows.length) / Math.min(count, rows.length))]!,
  );

function importanceFile(set: TrainingSet, trees: GradientBoostingState, data: TrainingData): Uint8Array {
  const sample = selectRows(data.table, spread(set.labelled, IMPORTANCE_ROWS));
  return writeJson(importanceOf(contributionsOf(trees, set.state, encodeTable(set.state, sample))));
}

/**
 * Gradient-boosted trees on the encoded features, calibrated on cross-fitted rows. The artefact holds the graph
 * (`model.onnx`, calibration included), the encoding (`preprocessing.json`), the ratios that follow from other inputs
 * (`derived.json`), calibration and bands (`scorecard.json`),
 * what explanations read (`trees.json`, `explanation.json`), feature importance (`importance.json`) and the fairness
 * trade-off (`fairness.json`).
 * Deterministic: the same data, parameters and seed give the same bytes.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `NOT_FINITE`, `INVALID_VALUE`, `MISSING_COLUMN`.
 */
export async function train(context: TrainContext, given: TrainingData, params: CreditParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const derived = derivedIn(given.table);
  const schema = params.includeProtected ? withProtectedFeatures(given.schema) : given.schema;
  const data = { schema, table: completeRows(given.table, derivationsOf(derived)) };
  const set = prepareTraining(data, params);
  const fitting = { ...context, fits: await openBoostingFits(context.checkpoint) };
  const trees = await fitTrees(set, set.labelled, fitting);
  const card = await scorecardOf(set, trees, fitting);
  return {
    'model.onnx': scorerGraph(trees, card.calibration),
    'preprocessing.json': writeJson(set.state),
    'derived.json': writeJson(derived),
    'scorecard.json': writeJson(card),
    'trees.json': new TextEncoder().encode(encodeState(trees)),
    'explanation.json': writeJson(explanationFactsOf(data.schema, set.state, data.table)),
    'importance.json': importanceFile(set, trees, data),
    'fairness.json': writeJson(await fairnessTradeOff(set, fitting)),
  };
}
