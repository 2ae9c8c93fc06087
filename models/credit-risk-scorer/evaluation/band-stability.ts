import type { Metric } from '../../../contracts/evaluation.js';
import type { Table } from '../../../contracts/table.js';
import { populationStability } from '../../../learning/evaluation/drift/population-stability.js';
import { numberColumn } from '../../../learning/table.js';
import type { RecordedFacts } from './recorded-facts.js';
import { bandNames, bandOf, type Band, type BandName } from '../prediction/scorecard.js';

/** One band on the holdout beside what training put there. */
export interface BandRow {
  readonly band: BandName;
  readonly fromPoints: number;
  readonly trainingShare: number;
  readonly share: number;
  readonly championShare: number | null;
  /** NaN in an empty band. */
  readonly badRate: number;
}

export interface BandFindings {
  readonly rows: readonly BandRow[];
  readonly metrics: readonly Metric[];
  readonly notes: readonly string[];
}

const NOTHING: BandFindings = { rows: [], metrics: [], notes: [] };

function sharesOf(points: Float64Array, bands: readonly Band[]): number[] {
  const names = Array.from(points, (value) => bandOf(bands, value));
  return bandNames.map((name) => names.filter((found) => found === name).length / Math.max(1, names.length));
}

function badRates(table: Table, bands: readonly Band[]): number[] {
  const [truth, points] = [numberColumn(table, 'truth'), numberColumn(table, 'points')];
  return bandNames.map((name) => {
    const labels = truth.filter((_, row) => bandOf(bands, points[row]!) === name);
    return labels.reduce((sum, label) => sum + label, 0) / labels.length;
  });
}

const verdict = (index: number): string => {
  if (index < 0.1) return 'stable';
  return index < 0.25 ? 'to be watched' : 'shifted';
};

const hasPoints = (table: Table | undefined): table is Table => table?.columns['points'] !== undefined;

/**
 * Shares and bad rates of the bands A to E on the holdout, and the population stability index of their shares against
 * training and, where there is one, against the champion's points on the same rows.
 */
export function judgeBands(scored: Table, { scorecard, trained }: RecordedFacts, champion?: Table): BandFindings {
  if (!hasPoints(scored) || !trained) return NOTHING;
  const { bands } = scorecard;
  const shares = sharesOf(numberColumn(scored, 'points'), bands);
  const before = bands.map(({ share }) => share);
  const theirs = hasPoints(champion) ? sharesOf(numberColumn(champion, 'points'), bands) : null;
  const rates = badRates(scored, bands);
  const n = scored.rowCount;
  const index = populationStability(before, shares);
  const metric = (name: string, value: number): Metric => ({ name, value, direction: 'lower', n });
  return {
    rows: bands.map(({ name, fromPoints }, i) => ({
      ...{ band: name, fromPoints, trainingShare: before[i]!, share: shares[i]!, badRate: rates[i]! },
      championShare: theirs?.[i] ?? null,
    })),
    metrics: [
      metric('bandStabilityIndex', index),
      ...(theirs ? [metric('bandStabilityIndexToChampion', populationStability(theirs, shares))] : []),
    ],
    notes: [
      `bands from ${bands
        .slice(0, -1)
        .map(({ name, fromPoints }) => `${name} ≥ ${fromPoints}`)
        .join(', ')} points; ` + `their shares against training are ${verdict(index)} (PSI ${index.toFixed(3)})`,
    ],
  };
}
