import type { Comparison, Drift, Metric, PartReport } from '../contracts/evaluation.js';
import type { HoldoutPart } from './holdout-parts.js';
import { type ScoredArtefact, type ScoredPart, type ScoringContext, tooFewReason } from './score-parts.js';

type Measured = Pick<PartReport, 'metric' | 'remark'>;

const measured = (metric: Metric | undefined): Measured =>
  metric === undefined || metric.value === null
    ? { metric: null, remark: metric?.remark ?? 'the model does not measure it' }
    : { metric, remark: null };

/** The model's primary metric on one part alone. */
function measurePart({ model, context }: ScoringContext, { scored, data }: ScoredPart, whole: Metric): Measured {
  const evaluated = (): Metric | undefined =>
    model.evaluate(scored, data, context).metrics.find(({ name }) => name === whole.name);
  try {
    return measured(model.measurePrimary === undefined ? evaluated() : model.measurePrimary(scored, data, context));
  } catch (fault) {
    return { metric: null, remark: tooFewReason(fault) };
  }
}

/**
 * Judges each part by itself, frozen part first; a part without rows, or with too few for the metric, says why.
 * @param pooled - the primary metric on both parts; where there is one part only, it is that part's.
 */
export function reportParts(
  scoring: ScoringContext,
  { parts, unscored }: ScoredArtefact,
  {
    pooled,
    byPart,
  }: {
    readonly pooled: Metric;
    readonly byPart: Readonly<Partial<Record<HoldoutPart['name'], Comparison>>>;
  },
): PartReport[] {
  const judged = parts.map((part): PartReport => {
    const found = parts.length === 1 ? measured(pooled) : measurePart(scoring, part, pooled);
    const rows = part.data.table.rowCount;
    const comparison = byPart[part.name] ?? null;
    return { part: part.name, rows, scoredRows: part.scored.rowCount, ...found, comparison };
  });
  const missing = unscored.map(({ name, data, reason }): PartReport => {
    const facts = { metric: null, remark: reason, comparison: null };
    return { part: name, rows: data.table.rowCount, scoredRows: 0, ...facts };
  });
  return [...judged, ...missing].sort((a, b) => (a.part < b.part ? -1 : 1));
}

/** The newest window against the frozen part; null when one of them was not measured with an interval. */
export function driftOf(reports: readonly PartReport[]): Drift | null {
  const [frozen, window] = (['frozen', 'window'] as const).map(
    (name) => reports.find(({ part }) => part === name)?.metric,
  );
  if (frozen?.interval === undefined || window?.interval === undefined) return null;
  if (frozen.value === null || window.value === null) return null;
  const sign = frozen.direction === 'higher' ? 1 : -1;
  const difference = sign * (window.value - frozen.value);
  const disjoint = frozen.interval.low > window.interval.high || window.interval.low > frozen.interval.high;
  return { metric: frozen.name, difference, disjoint };
}
