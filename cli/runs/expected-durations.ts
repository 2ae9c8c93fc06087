import type { ModelRegistry, RunRecord } from '../../contracts/registry.js';
import { quantile } from '../../learning/evaluation/metrics/index.js';

/** How long the parts of a model's run take, in milliseconds. */
export interface ExpectedDurations {
  /** From the start of the run to the fitted model. */
  readonly fit: number;
  readonly evaluation: number;
  /** Registration and card. */
  readonly registration: number;
}

/** How far a run is. */
export interface Estimate {
  /** Of the expected time of the whole run; 0 to 1. */
  readonly fraction: number;
  /** In milliseconds; null when a part takes longer than expected, so that nothing is known. */
  readonly remaining: number | null;
}

const RUNS_READ = 40;
/** More would remember how fast an older machine or version was. */
const RUNS_COUNTED = 5;

type Timed = Pick<RunRecord, 'startedAt' | 'trainedAt' | 'evaluatedAt' | 'endedAt'>;

/** Medians over the newest runs that came to a decision. @param runs - newest first. @returns null when there is none. */
export function expectedDurations(runs: readonly Timed[]): ExpectedDurations | null {
  const parts = runs.flatMap((run) => partsOf(run) ?? []).slice(0, RUNS_COUNTED);
  if (parts.length === 0) return null;
  const medianOf = (part: keyof ExpectedDurations): number =>
    quantile(
      parts.map((one) => one[part]).sort((a, b) => a - b),
      0.5,
    );
  return { fit: medianOf('fit'), evaluation: medianOf('evaluation'), registration: medianOf('registration') };
}

function partsOf({ startedAt, trainedAt, evaluatedAt, endedAt }: Timed): ExpectedDurations | null {
  if (trainedAt === null || evaluatedAt === null || endedAt === null) return null;
  const [start, fitted, evaluated, end] = [startedAt, trainedAt, evaluatedAt, endedAt].map((time) => time.getTime());
  return { fit: fitted! - start!, evaluation: evaluated! - fitted!, registration: end! - evaluated! };
}

/** The part of a run to which a step belongs. */
function partOf(step: string): keyof ExpectedDurations {
  if (step === 'evaluation') return 'evaluation';
  return step === 'registration' || step === 'card' ? 'registration' : 'fit';
}

/**
 * How far a run is in its expected time: what has passed, but neither less than the parts behind it nor more than the
 * one that it is in. @param at - the running step, and the milliseconds since the start of the run.
 */
export function estimate(
  { fit, evaluation, registration }: ExpectedDurations,
  at: { readonly step: string; readonly elapsed: number },
): Estimate {
  const total = fit + evaluation + registration;
  const bounds = {
    fit: [0, fit],
    evaluation: [fit, fit + evaluation],
    registration: [fit + evaluation, total],
  } as const;
  const [from, to] = bounds[partOf(at.step)];
  const reached = Math.min(Math.max(at.elapsed, from), to);
  return { fraction: total > 0 ? reached / total : 0, remaining: at.elapsed > to ? null : total - reached };
}

/** Expected durations of the models of a run, read once a model without waiting for the registry. */
export interface DurationBook {
  /** Null until they are known, and for a model without earlier runs in its line. */
  of(modelName: string): ExpectedDurations | null;
}

/** Reads from the registry; when it does not answer nothing is known. @param workflowId - of the run or its parent. */
export function openDurationBook(registry: Pick<ModelRegistry, 'listRuns'>, workflowId: string): DurationBook {
  const known = new Map<string, ExpectedDurations | null>();
  return {
    of(modelName) {
      if (!known.has(modelName)) {
        known.set(modelName, null);
        void readDurations(registry, { workflowId, modelName }).then(
          // The line is known when the run has been planned; until then it is read again.
          (found) => (found === 'not planned' ? known.delete(modelName) : known.set(modelName, found)),
          () => undefined,
        );
      }
      return known.get(modelName) ?? null;
    },
  };
}

async function readDurations(
  registry: Pick<ModelRegistry, 'listRuns'>,
  { workflowId, modelName }: { readonly workflowId: string; readonly modelName: string },
): Promise<ExpectedDurations | null | 'not planned'> {
  const runs = await registry.listRuns({ modelName, limit: RUNS_READ });
  const present = runs.find(({ workflowId: id }) => id === workflowId || id === `${workflowId}/${modelName}`);
  if (present === undefined) return 'not planned';
  return expectedDurations(runs.filter((run) => run !== present && run.line === present.line));
}
