import { z } from 'zod';
import { requireLength } from '../../checks.js';
import { mean } from '../../numeric/statistics/mean.js';
import { pairedGain } from '../../numeric/statistics/paired-gain.js';
import { foldRows } from '../split/index.js';
import { calibratedProbability, type CalibrationKind, fitCalibration } from './calibration.js';

/** From the fewest parameters to the most: 0, 3, one a knot. */
const kindsBySize = ['none', 'beta', 'isotonic'] as const satisfies readonly CalibrationKind[];

const loss = z.number().nonnegative();

/** Which calibration was chosen, and by what; kept in an artefact. */
export const calibrationChoice = z.strictObject({
  kind: z.enum(kindsBySize),
  rows: z.int().positive(),
  /** Mean log loss of each kind on rows that it was not fitted on, in nats. */
  logLoss: z.strictObject({ none: loss, beta: loss, isotonic: loss }),
});
export type CalibrationChoice = z.infer<typeof calibrationChoice>;

/** Margins with their labels, and the fold in which each row is held out. */
export interface FoldedMargins {
  /** (n,) log-odds by a model that has not seen the row. */
  readonly margins: Float64Array;
  /** (n,) 0 or 1; both occur outside every fold. */
  readonly labels: Float64Array;
  /** (n,) 0 to `count` - 1. */
  readonly folds: Int32Array;
  readonly count: number;
}

const pick = (values: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!);

/** Log loss of each row by a calibration fitted on the other folds, in nats. @returns (n,) */
function heldOutLosses(kind: CalibrationKind, { margins, labels, folds, count }: FoldedMargins): Float64Array {
  const losses = new Float64Array(margins.length);
  for (let fold = 0; fold < count; fold++) {
    const { train, test } = foldRows(folds, fold);
    const fitted = fitCalibration(kind, pick(margins, train), pick(labels, train));
    for (const row of test) {
      const probability = calibratedProbability(fitted, margins[row]!);
      losses[row] = -Math.log(labels[row] === 1 ? probability : 1 - probability);
    }
  }
  return losses;
}

/**
 * Chooses among no calibration, beta and isotonic by cross-fitted log loss and the one-standard-error rule (Breiman et
 * al. 1984): a kind with more parameters is taken only where it lowers the loss by more than one standard error of the
 * paired difference. The error grows as the set shrinks, so a small set keeps the margins as they are unless they are
 * plainly wrong. Deterministic; O(n log n).
 * @throws PipelineError `SHAPE_MISMATCH`; as `fitCalibration`.
 */
export function chooseCalibration(rows: FoldedMargins): CalibrationChoice {
  requireLength('labels', rows.labels.length, rows.margins.length, 'rows');
  requireLength('folds', rows.folds.length, rows.margins.length, 'rows');
  const [none, beta, isotonic] = kindsBySize.map((kind) => heldOutLosses(kind, rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const losses = { none, beta, isotonic };
  let kind: CalibrationKind = 'none';
  for (const next of kindsBySize) {
    const gain = pairedGain(losses[kind], losses[next]);
    if (gain.mean > gain.standardError) kind = next;
  }
  return {
    kind,
    rows: rows.margins.length,
    logLoss: { none: mean(none), beta: mean(beta), isotonic: mean(isotonic) },
  };
}
