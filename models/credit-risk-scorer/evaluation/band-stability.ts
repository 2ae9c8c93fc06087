import type { Metric } from '../../../contracts/evaluation.js';
import type { Table } from '../../../contracts/table.js';
import { populationStability } from '../../../learning/evaluation/drift/population-stability.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { numberColumn } from '../../../learning/table.js';
import type { RecordedFacts } from './recorded-facts.js';
import { bandNames, bandOf, type Band, type BandName } from '../prediction/scorecard.js';

/** One band on the holdout, with its share in training. */
export interface BandRow {
  readonly band: BandName;
  readonly fromPoints: number;
  readonly trainingShare: number;
  readonly share: number;
  readonly championShare: number | null;
  /** NaN in an empty band. */
  readonly badRate: number;
}

export interface BandReport {
  readonly rows: readonly BandRow[];
  readonly metrics: readonly Metric[];
  readonly notes: readonly string[];
}

const noReport: BandReport = { rows: [], metrics: [], notes: [] };

function sharesOf(points: Float64Array, bands: readonly Band[]): number[] {
  const names = Array.from(points, (value) => bandOf(bands, value));
  return bandNames.map((name) => names.filter((found) => found === name).length / Math.max(1, names.length));
}

function badRates(table: Table, bands: readonly Band[]): number[] {
  const [truth, points] = [numberColumn(table, 'truth'), numberColumn(table, 'points')];
  return bandNames.map((name) => {
    const labels = truth.filter((_, row) => bandOf(bands, points[row]!) === name);
    return mean(labels);
  });
}

const verdict = (index: number): string => {
  if (index < 0.1) return 'stable';
  return index < 0.25 ? 'to be watched' : 'shifted';
};

const floorsOf = (bands: readonly Band[]): string =>
  bands
    .slice(0, -1)
    .map(({ name, fromPoints }) => `${name} ≥ ${fromPoints}`)
    .join(', ');

const hasPoints = (table: Table | undefined): table is Table => table?.columns['points'] !== undefined;

/**
 * Shares and bad rates of the bands A to E on the holdout, and the population stability index of their shares against
 * training and, where there is one, against the champion's points on the same rows.
 */
export function evaluateBands(scored: Table, { scorecard, trained }: RecordedFacts, champion?: Table): BandReport {
  if (!hasPoints(scored) || !trained) return noReport;
  const { bands } = scorecard;
  const shares = sharesOf(numberColumn(scored, 'points'), bands);
  const trainingShares = bands.map(({ share }) => share);
  const championShares = hasPoints(champion) ? sharesOf(numberColumn(champion, 'points'), bands) : null;
  const rates = badRates(scored, bands);
  const n = scored.rowCount;
  const index = populationStability(trainingShares, shares);
  const metric = (name: string, value: number): Metric => ({ name, value, direction: 'lower', n });
  return {
    rows: bands.map(({ name, fromPoints }, i) => ({
      band: name,
      fromPoints,
      trainingShare: trainingShares[i]!,
      share: shares[i]!,
      championShare: championShares?.[i] ?? null,
      badRate: rates[i]!,
    })),
    metrics: [
      metric('bandStabilityIndex', index),
      ...(championShares ? [metric('bandStabilityIndexToChampion', populationStability(championShares, shares))] : []),
    ],
    notes: [
      `bands from ${floorsOf(bands)} points; their shares against training are ${verdict(index)} (PSI ${index.toFixed(3)})`,
    ],
  };
}
