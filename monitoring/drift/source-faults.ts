import type { ColumnRole, ColumnShape, SourceFault } from '../../contracts/drift.js';
import { QUANTILES } from './column-shape.js';

/** A column of a window beside its reference. */
export interface ComparedColumn {
  readonly name: string;
  readonly role: ColumnRole;
  readonly reference: ColumnShape;
  readonly current: ColumnShape;
}

/** With fewer values nothing is explained by a fault. */
const FEWEST_VALUES = 30;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Rise of the share of missing values from which a source is at fault: no change of customers empties a field. */
const MISSING_RISE = 0.3;

function missingValues({ name, reference, current }: ComparedColumn): SourceFault | null {
  if (reference.count === 0 || current.count < FEWEST_VALUES) return null;
  const [before, now] = [reference.missing / reference.count, current.missing / current.count];
  if (now - before < MISSING_RISE) return null;
  const finding = `${percent(now)} of ${current.count} values are missing, on the held-out rows ${percent(before)}`;
  return { kind: 'missing-values', column: name, finding };
}

/** Factors by which a unit is usually wrong: paise for rupees, cents for euros, thousands for units. */
const FACTORS = [100, 1000] as const;
/** Most by which the ratio of quantiles may differ from the factor, as a logarithm: a factor of 1.65 either way. */
const FACTOR_TOLERANCE = 0.5;
/** Most by which the ratios of single quantiles may differ among each other (interquartile range of the logarithm). */
const SHAPE_TOLERANCE = 0.5;
/** Fewest quantiles that are not 0 on either side. */
const FEWEST_RATIOS = 8;

/** Logarithms of the ratios of the same quantiles, of those that have the same sign and are not 0; ascending. */
function logRatios({ quantiles: before }: ColumnShape, { quantiles: now }: ColumnShape): number[] {
  if (before === null || now === null) return [];
  const inner = Array.from({ length: QUANTILES - 1 }, (_, i) => now[i + 1]! / before[i + 1]!);
  return inner
    .filter((ratio) => ratio > 0 && Number.isFinite(ratio))
    .map(Math.log)
    .sort((a, b) => a - b);
}

function wrongUnit({ name, reference, current }: ComparedColumn): SourceFault | null {
  if (current.count - current.missing < FEWEST_VALUES) return null;
  const ratios = logRatios(reference, current);
  if (ratios.length < FEWEST_RATIOS) return null;
  const at = (share: number): number => ratios[Math.round(share * (ratios.length - 1))]!;
  const [median, spread] = [at(0.5), at(0.75) - at(0.25)];
  const factor = FACTORS.find((each) => Math.abs(Math.abs(median) - Math.log(each)) < FACTOR_TOLERANCE);
  if (factor === undefined || spread > SHAPE_TOLERANCE) return null;
  const sign = median > 0 ? '×' : '÷';
  const finding =
    `all quantiles are ${sign} ${factor} those of the held-out rows (median ratio ` +
    `${Math.exp(Math.abs(median)).toPrecision(3)}) and the shape is the same: another unit`;
  return { kind: 'unit', column: name, finding };
}

const HOURS = 24;
/** Grid of shifts: zones differ by quarters of an hour. */
const STEPS_AN_HOUR = 4;
/** Fewer times than these are moved by chance alone in 3 % of sound windows. */
const FEWEST_TIMES = 100;
/** Smallest shift that is looked for, in hours. */
const SMALLEST_SHIFT = 1;
/** Least distance of the hours as they are, and most of that which may remain after the shift. */
const [LEAST_DISTANCE, MOST_REMAINING] = [0.08, 0.4];

const wrapped = (hour: number): number => ((hour % HOURS) + HOURS) % HOURS;

/** Share of a day's rows up to each step of the clock, from quantiles; (96,) */
function clockShares(quantiles: readonly number[]): Float64Array {
  const shares = new Float64Array(HOURS * STEPS_AN_HOUR);
  for (let i = 0; i < quantiles.length - 1; i++) {
    const [from, to] = [quantiles[i]!, quantiles[i + 1]!];
    const parts = Math.max(1, Math.round((to - from) * STEPS_AN_HOUR));
    for (let part = 0; part < parts; part++) {
      const hour = wrapped(from + ((part + 0.5) / parts) * (to - from));
      shares[Math.min(shares.length - 1, Math.floor(hour * STEPS_AN_HOUR))]! += 1 / (QUANTILES * parts);
    }
  }
  return shares;
}

/** Mean difference of the cumulative shares, the smallest over all starting points of the day (circular Wasserstein). */
function clockDistance(before: Float64Array, now: Float64Array, shift: number): number {
  const size = before.length;
  let running = 0;
  const differences = Float64Array.from(before, (share, i) => (running += now[(i + shift) % size]! - share));
  const middle = differences.toSorted()[size >> 1]!;
  return differences.reduce((sum, difference) => sum + Math.abs(difference - middle), 0) / size;
}

function timeShift({ name, role, reference, current }: ComparedColumn): SourceFault | null {
  if (role !== 'time' || reference.quantiles === null || current.quantiles === null) return null;
  if (current.count - current.missing < FEWEST_TIMES) return null;
  const [before, now] = [clockShares(reference.quantiles), clockShares(current.quantiles)];
  const distances = Array.from(before, (_, shift) => clockDistance(before, now, shift));
  const best = distances.indexOf(Math.min(...distances));
  const hours = (best > before.length / 2 ? best - before.length : best) / STEPS_AN_HOUR;
  const unshifted = distances[0]!;
  const isShift = Math.abs(hours) >= SMALLEST_SHIFT && distances[best]! < MOST_REMAINING * unshifted;
  if (!isShift || unshifted * 2 < LEAST_DISTANCE) return null;
  const way = hours > 0 ? 'later' : 'earlier';
  const finding = `hours of the day are those of the held-out rows, about ${Math.abs(hours)} h ${way}: another time zone`;
  return { kind: 'time-shift', column: name, finding };
}

/**
 * Faults of the source that explain a drift: fields that have become empty, amounts in another unit (× or ÷ 100 or 1000
 * with the same shape), times on another clock (the distribution of the hours moved by a constant).
 */
export const findSourceFaults = (columns: readonly ComparedColumn[]): SourceFault[] =>
  columns
    .flatMap((column) => [
      column.role === 'score' ? null : missingValues(column),
      column.role === 'feature' ? wrongUnit(column) : null,
      timeShift(column),
    ])
    .filter((fault) => fault !== null);
