import { z } from 'zod';
import { betaMargin, fitBeta } from './beta.js';
import { applyIsotonic, fitIsotonic } from './isotonic.js';

export const calibrationKinds = ['beta', 'isotonic', 'none'] as const;
export type CalibrationKind = (typeof calibrationKinds)[number];

/** A map from a margin (log-odds) to a probability that never falls; kept in an artefact. */
export const calibration = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('beta'),
    a: z.number().nonnegative(),
    b: z.number().nonnegative(),
    c: z.number(),
  }),
  z.strictObject({
    kind: z.literal('isotonic'),
    margins: z.array(z.number()).min(1).readonly(),
    probabilities: z.array(z.number().gt(0).lt(1)).min(1).readonly(),
  }),
  z.strictObject({ kind: z.literal('none') }),
]);
export type Calibration = z.infer<typeof calibration>;

const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));
const logit = (probability: number): number => Math.log(probability / (1 - probability));

/**
 * Fits a calibration on rows the model has not seen: held out, or cross-fitted.
 * @param margins - (n,) log-odds.  @param labels - (n,) 0 or 1.  @param weights - (n,) > 0. @default all 1
 * @throws PipelineError as `fitIsotonic`.
 */
export function fitCalibration(
  kind: CalibrationKind,
  margins: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number> = new Float64Array(margins.length).fill(1),
): Calibration {
  if (kind === 'beta') return fitBeta(margins, labels, weights);
  if (kind === 'isotonic') return fitIsotonic(margins, labels, weights);
  return { kind: 'none' };
}

/** Calibrated log-odds of a margin. */
export function calibratedMargin(fitted: Calibration, margin: number): number {
  if (fitted.kind === 'beta') return betaMargin(fitted, margin);
  return fitted.kind === 'isotonic' ? logit(applyIsotonic(fitted, margin)) : margin;
}

/** Calibrated probability of a margin. */
export const calibratedProbability = (fitted: Calibration, margin: number): number =>
  fitted.kind === 'isotonic' ? applyIsotonic(fitted, margin) : sigmoid(calibratedMargin(fitted, margin));
