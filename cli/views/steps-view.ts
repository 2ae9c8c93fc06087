import type { RunRecord } from '../../contracts/registry.js';
import { type ReusableStep, reusableSteps, type StepRecord } from '../../contracts/steps.js';

/** A computed step of a run, as `ml runs show` tells it; the parts of a sharded step are one. */
export interface StepOrigin {
  readonly step: ReusableStep;
  readonly parts: number;
  /** Workflows that computed it in place of this run; [] when the run computed all of it. */
  readonly reusedFrom: readonly string[];
}

/** Which steps of a run were computed, and which taken from earlier runs. */
export function stepOrigins(steps: readonly StepRecord[]): readonly StepOrigin[] {
  return reusableSteps.flatMap((step) => {
    const parts = steps.filter((record) => record.step === step);
    if (parts.length === 0) return [];
    const others = parts.filter(({ runKey, computedBy }) => computedBy.runKey !== runKey);
    const reusedFrom = [...new Set(others.map(({ computedBy }) => computedBy.workflowId))];
    return [{ step, parts: parts.length, reusedFrom }];
  });
}

const nameOf = ({ step, parts }: StepOrigin): string => (parts === 1 ? step : `${step} (${parts} parts)`);

/** Lines with the run that is repeated, and what was computed and what reused. */
export function stepLines(rerun: RunRecord['rerun'], origins: readonly StepOrigin[]): readonly string[] {
  const computed = origins.filter(({ reusedFrom }) => reusedFrom.length === 0).map(nameOf);
  const reused = origins
    .filter(({ reusedFrom }) => reusedFrom.length > 0)
    .map((origin) => `${nameOf(origin)} of ${origin.reusedFrom.join(', ')}`);
  return [
    ...(rerun === null ? [] : [`repeats     ${rerun.workflowId} from ${rerun.from}`]),
    ...(computed.length === 0 ? [] : [`computed    ${computed.join(', ')}`]),
    ...(reused.length === 0 ? [] : [`reused      ${reused.join('; ')}`]),
  ];
}
