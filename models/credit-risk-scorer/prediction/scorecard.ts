import { z } from 'zod';
import {
  calibratedMargin,
  calibration,
  type Calibration,
} from '../../../learning/evaluation/calibration/calibration.js';
import { calibrationChoice } from '../../../learning/evaluation/calibration/choose-calibration.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';

/** Points added when the odds of repaying double. */
const POINTS_TO_DOUBLE = 20;
/** 600 points mean odds of 50 good loans to one bad. */
const [REFERENCE_POINTS, REFERENCE_ODDS] = [600, 50];
const POINTS_PER_LOG_ODDS = POINTS_TO_DOUBLE / Math.log(2);
const OFFSET = REFERENCE_POINTS - POINTS_PER_LOG_ODDS * Math.log(REFERENCE_ODDS);
const MOST_POINTS = 1000;

/** Bands from the safest to the riskiest. */
export const bandNames = ['A', 'B', 'C', 'D', 'E'] as const;
export type BandName = (typeof bandNames)[number];

const band = z.strictObject({
  name: z.enum(bandNames),
  /** Lowest points of the band; 0 in the riskiest. */
  fromPoints: z.int().min(0).max(MOST_POINTS),
  /** Share of the cross-fitted training rows. */
  share: z.number().min(0).max(1),
  /** Share of bad loans among them; null without rows. */
  badRate: z.number().min(0).max(1).nullable(),
});
export type Band = z.infer<typeof band>;

/** How a margin becomes a probability, points and a band; kept in the artefact. */
export const scorecard = z.strictObject({
  schemaVersion: z.literal(1),
  calibration,
  /** Share of applications approved when fairness is judged. */
  approvalRate: z.number().gt(0).max(1),
  bands: z.array(band).length(bandNames.length),
  /** How the calibration was chosen; absent when it was asked for, and in older artefacts. */
  choice: calibrationChoice.optional(),
});
export type Scorecard = z.infer<typeof scorecard>;

/** Points of calibrated log-odds of default: 20 more double the odds of repaying, 600 are 50 to 1. */
export function pointsOf(logOdds: number): number {
  const points = Math.round(OFFSET - POINTS_PER_LOG_ODDS * logOdds);
  return Math.min(MOST_POINTS, Math.max(0, points));
}

/** The safest band whose lowest points are reached. */
export const bandOf = (bands: readonly Band[], points: number): BandName =>
  bands.find(({ fromPoints }) => points >= fromPoints)?.name ?? 'E';

/** Lowest points of bands that divide the training rows into fifths. */
function floors(points: readonly number[]): number[] {
  const sorted = [...points].sort((a, b) => b - a);
  return bandNames.map((_, i) =>
    i === bandNames.length - 1 ? 0 : sorted[Math.ceil(((i + 1) * sorted.length) / bandNames.length) - 1]!,
  );
}

/**
 * Bands that hold a fifth of the training rows each, as far as whole points allow.
 * @param margins - (n,) cross-fitted.  @param labels - (n,).
 */
export function buildScorecard(
  fitted: Calibration,
  approvalRate: number,
  rows: { readonly margins: Float64Array; readonly labels: ArrayLike<number> },
): Scorecard {
  const points = Array.from(rows.margins, (margin) => pointsOf(calibratedMargin(fitted, margin)));
  const empty = bandNames.map((name, i) => ({ name, fromPoints: floors(points)[i]!, share: 0, badRate: null }));
  const names = points.map((value) => bandOf(empty, value));
  const bands = empty.map((one): Band => {
    const labels = Array.from(rows.labels).filter((_, i) => names[i] === one.name);
    const badRate = labels.length > 0 ? mean(labels) : null;
    return { ...one, share: labels.length / names.length, badRate };
  });
  return { schemaVersion: 1, calibration: fitted, approvalRate, bands };
}

/** The scorecard of artefacts of definition 1, which store none. */
export const scorecardOfDefinition1: Scorecard = {
  schemaVersion: 1,
  calibration: { kind: 'none' },
  approvalRate: 0.7,
  bands: bandNames.map((name, i) => ({ name, fromPoints: [580, 560, 540, 520, 0][i]!, share: 0.2, badRate: null })),
};
