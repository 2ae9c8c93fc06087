import type pg from 'pg';
import type { ModelDefinition } from '../../contracts/model-definition.js';

/** How far a column, or a line as a whole, has drifted in units of its limit: 1 = at the limit. */
export interface DriftScore {
  readonly model: string;
  readonly line: string;
  /** A drift feature; `all`: the share of drifted columns. */
  readonly column: string;
  readonly score: number;
}

interface Row {
  readonly model_name: string;
  readonly line: string;
  readonly share: number | null;
  readonly columns: { column: string; decided: boolean; effect: { value: number } | null; pValue: number | null; statistic: number; threshold: number }[]; // prettier-ignore
}

/* Of the newest window that could be decided about. */
const SELECT = `
  select distinct on (model_name, line) model_name, line, (finding->>'driftedShare')::float8 as share,
    finding->'columns' as columns
  from monitoring.drift_decisions where decision <> 'undecided' order by model_name, line, window_end desc`;

/** Effect over its threshold; of a test without an effect its statistic, or how small its p-value is. */
function relative({ decided, effect, pValue, statistic, threshold }: Row['columns'][number]): number | null {
  if (!decided || threshold <= 0) return null;
  if (effect !== null) return effect.value / threshold;
  return pValue === null ? statistic / threshold : threshold / Math.max(pValue, threshold / MOST_SCORE);
}
/** Of a p-value of 0. */
const MOST_SCORE = 1000;

/**
 * Drift of each model's drift features and of each line in the newest decided window, so that the number of series is that
 * of the lines times the features.
 * @param mostShare - largest share of drifted columns, by model.
 */
export async function driftScores(
  database: Pick<pg.Pool, 'query'>,
  models: readonly Pick<ModelDefinition, 'name' | 'driftFeatures'>[],
  mostShare: (model: string) => number,
): Promise<DriftScore[]> {
  const { rows } = await database.query<Row>(SELECT);
  const features = new Map(models.map(({ name, driftFeatures }) => [name, new Set(driftFeatures)]));
  return rows.flatMap(({ model_name: model, line, share, columns }) => {
    const known = features.get(model);
    if (known === undefined) return [];
    const all = share === null ? [] : [{ model, line, column: 'all', score: share / Math.max(mostShare(model), 0.01) }];
    const single = columns.flatMap((found) => {
      const score = known.has(found.column) ? relative(found) : null;
      return score === null ? [] : [{ model, line, column: found.column, score }];
    });
    return [...all, ...single];
  });
}
