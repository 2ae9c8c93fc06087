import type { DriftDecision, DriftFinding, DriftLimits } from '../../contracts/drift.js';
import { workflowIds } from '../../contracts/workflows.js';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';

/** What a decision depends on beside the finding. */
export interface Circumstances {
  readonly modelName: string;
  readonly line: string;
  /** Of the installation's task queues. */
  readonly queuePrefix: string;
  readonly limits: DriftLimits;
  /** Source of the line's rows; null: files, which nothing reads anew. */
  readonly source: string | null;
  /** Milliseconds. */
  readonly now: number;
  /** When drift last had the model retrained, in milliseconds; null: never. */
  readonly lastRetraining: number | null;
}

type Decided = Pick<DriftDecision, 'decision' | 'reasons' | 'retrainingId'>;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Most columns that a sentence names. */
const MOST_NAMES = 5;

/** Why a finding is over the limits; [] when it is not. */
export function overLimit({ columns, driftedShare, performance }: DriftFinding, limits: DriftLimits): string[] {
  const reasons: string[] = [];
  const drifted = columns.filter((column) => column.drifted);
  if (driftedShare !== null && driftedShare > limits.mostShare) {
    const names = drifted.toSorted((a, b) => a.rank - b.rank).map(({ column }) => column);
    const others = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    const share = `${percent(driftedShare)} of the columns drifted, wanted at most ${percent(limits.mostShare)}`;
    reasons.push(`${share}: ${names.slice(0, MOST_NAMES).join(', ')}${others}`);
  }
  const lost = performance === null ? null : lossOverLimit(performance, limits.mostLoss);
  return lost === null ? reasons : [...reasons, lost];
}

/**
 * The sentence on an estimated loss over the limit; null when there is none. A loss that the chance of a small window
 * explains is none: the reference must lie outside the estimate's 95 % interval, where there is one.
 */
function lossOverLimit(performance: NonNullable<DriftFinding['performance']>, mostLoss: number): string | null {
  const { estimated, reference, metric, direction, method, low, high } = performance;
  if (estimated === null || reference === null) return null;
  const loss = direction === 'lower' ? estimated - reference : reference - estimated;
  const isChance = low !== null && high !== null && low <= reference && reference <= high;
  if (loss <= mostLoss || isChance) return null;
  return (
    `${metric} is estimated without labels (${method}) at ${estimated.toFixed(3)}, on the held-out rows ` +
    `${reference.toFixed(3)}, wanted a loss of at most ${mostLoss}`
  );
}

/**
 * What follows from a finding: nothing, an alert, or an alert and a retraining. A fault of the source is never learned
 * from; within the cool-down, on a line of files, or with retraining off, drift over the limit raises an alert only.
 */
export function decideOn(finding: DriftFinding, circumstances: Circumstances): Decided {
  const { undecided, faults } = finding;
  const decided = (decision: Decided['decision'], reasons: readonly string[]): Decided => ({
    ...{ decision, reasons: [...reasons], retrainingId: null },
  });
  if (undecided !== null) return decided('undecided', [undecided]);
  if (faults.length > 0)
    return decided(
      'source-fault',
      faults.map(({ column, finding: found }) => `${column}: ${found}`),
    );
  const reasons = overLimit(finding, circumstances.limits);
  if (reasons.length === 0) return decided('none', []);
  const hindrance = whyNotRetrain(circumstances);
  if (hindrance !== null) return decided(hindrance.decision, [...reasons, hindrance.reason]);
  const { modelName: model, line, queuePrefix } = circumstances;
  const retraining = { model, line, windowEnd: finding.window.to };
  return { decision: 'retrain', reasons, retrainingId: workflowIds.driftRetrainingOf(queuePrefix, retraining) };
}

function whyNotRetrain({ limits, source, now, lastRetraining, line }: Circumstances) {
  if (!limits.retrain)
    return { decision: 'alert', reason: 'no retraining: DRIFT_RETRAIN or the model says so' } as const;
  if (source === null)
    return { decision: 'alert', reason: `no retraining: the rows of line ${line} come from a file` } as const;
  if (lastRetraining === null) return null;
  const until = lastRetraining + limits.coolDownDays * DAY_MS;
  if (now >= until) return null;
  const reason = `no retraining before ${new Date(until).toISOString().slice(0, 16)}Z: the last one for drift was less than ${limits.coolDownDays} days ago`;
  return { decision: 'cool-down', reason } as const;
}

/** What an alert says of a decision; null: it needs none. */
export function alertText({ decision, reasons }: Decided, window: string) {
  if (decision === 'none' || decision === 'undecided') return null;
  const kind = decision === 'source-fault' ? ('source-fault' as const) : ('data-drift' as const);
  const ends: Partial<Record<Decided['decision'], string>> = {
    retrain: '; a retraining follows',
    'source-fault': '; not retrained: repair the source',
  };
  return { kind, text: `${window}: ${reasons.join('; ')}${ends[decision] ?? ''}` };
}
