import { z } from 'zod';
import type { DatasetSchema } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { columnCells, type Cell, type Preprocessing } from '../../../learning/tabular/preprocessing/index.js';
import { featureLabelOf, formatCell, type LabelOf } from './feature-labels.js';

const explainedFeature = z.strictObject({
  name: z.string(),
  monotone: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
  /** Median of the known values in training; null for categories and for a feature that is never known. */
  typical: z.number().nullable(),
});

/** Facts that explanations read beside the contributions; stored in the artefact. */
export const explanationFacts = z.strictObject({ schemaVersion: z.literal(1), features: z.array(explainedFeature) });
export type ExplanationFacts = z.infer<typeof explanationFacts>;
type ExplainedFeature = z.infer<typeof explainedFeature>;

function median(cells: readonly Cell[]): number | null {
  const known = Float64Array.from(cells.filter((cell) => typeof cell === 'number' && !Number.isNaN(cell)) as number[]);
  return known.sort()[known.length >> 1] ?? null;
}

/** Monotone constraints and typical values of the features, from the training rows. */
export function explanationFactsOf(schema: DatasetSchema, state: Preprocessing, table: Table): ExplanationFacts {
  const directions = new Map<string, -1 | 0 | 1>(schema.features.map(({ name, monotone }) => [name, monotone ?? 0]));
  const features = state.features.map((feature) => ({
    name: feature.name,
    monotone: feature.kind === 'numeric' ? (directions.get(feature.name) ?? 0) : (0 as const),
    typical: feature.kind === 'numeric' ? median(columnCells(table, feature)) : null,
  }));
  return { schemaVersion: 1, features };
}

/** One reason: text and contribution. */
export interface Reason {
  /** 1 = the strongest. */
  readonly rank: number;
  /** The feature's name: stable, for letters and statistics. */
  readonly code: string;
  readonly text: string;
  /** Added to the log-odds of default. */
  readonly contribution: number;
}

const MOST_REASONS = 4;
/** Smaller contributions do not change a printed probability. */
const SMALLEST_CONTRIBUTION = 1e-3;

const isKnown = (cell: Cell): cell is number | string =>
  typeof cell === 'string' || (typeof cell === 'number' && !Number.isNaN(cell));

/**
 * False for a reason that contradicts the feature's monotone constraint: a feature that may only raise the risk is no
 * reason for a higher risk while its value is below the typical one.
 */
function agreesWithConstraint({ monotone, typical }: ExplainedFeature, cell: Cell, contribution: number): boolean {
  if (monotone === 0 || typeof cell !== 'number' || !isKnown(cell) || typical === null) return true;
  return (cell - typical) * monotone * contribution > 0;
}

function textOf({ name, typical }: ExplainedFeature, cell: Cell, labelOf: LabelOf): string {
  const { label } = labelOf(name);
  if (!isKnown(cell)) return `${label}: not known`;
  const value = formatCell(name, cell, labelOf);
  if (typeof cell === 'string' || typical === null) return `${label}: ${value}`;
  const typicalText = formatCell(name, typical, labelOf);
  if (value === typicalText) return `${label}: ${value}, as is typical`;
  return `${label}: ${value}, ${cell > typical ? 'above' : 'below'} the typical ${typicalText}`;
}

/**
 * The strongest reasons in one direction, at most four.
 * @param facts.labelOf - what the features are called. @default as in the fixed layouts
 * @param contributions - (features,) in log-odds.  @param sign - 1: reasons that raise the risk; −1: that lower it.
 */
export function reasonsFor(
  { features, labelOf = featureLabelOf }: ExplanationFacts & { readonly labelOf?: LabelOf },
  contributions: ArrayLike<number>,
  cells: Readonly<Record<string, Cell>>,
  sign: 1 | -1,
): Reason[] {
  const found = features.map((feature, i) => ({ feature, cell: cells[feature.name], contribution: contributions[i]! }));
  return found
    .filter(({ contribution }) => sign * contribution > SMALLEST_CONTRIBUTION)
    .filter(({ feature, cell, contribution }) => agreesWithConstraint(feature, cell, contribution))
    .sort((a, b) => sign * (b.contribution - a.contribution))
    .slice(0, MOST_REASONS)
    .map(({ feature, cell, contribution }, i) => ({
      rank: i + 1,
      code: feature.name,
      text: textOf(feature, cell, labelOf),
      contribution,
    }));
}
