/** Stretch of a cycle without observations, in days since its beginning. `to` lies behind `from`, perhaps in the next cycle. */
export interface SeasonGap {
  readonly from: number;
  readonly to: number;
}

/** What a cycle is written with. */
interface Cycle {
  /** In days. */
  readonly period: number;
  /** Number of waves, the fastest of `period / order` days. */
  readonly order: number;
}

const phaseOf = (day: number, period: number): number => day - period * Math.floor(day / period);

/**
 * Gaps of a cycle in which the history does not determine its waves: longer than half the fastest one, as weekends are for
 * a week that was observed from Monday to Friday. O(n log n).
 * @param days - with an observation, since the epoch.
 */
export function seasonGaps(days: readonly number[], { period, order }: Cycle): SeasonGap[] {
  const phases = [...new Set(days.map((day) => phaseOf(day, period)))].sort((a, b) => a - b);
  return phases
    .map((from, i) => ({ from, to: i + 1 < phases.length ? phases[i + 1]! : phases[0]! + period }))
    .filter(({ from, to }) => to - from > period / (2 * order));
}

/**
 * A cycle's value on a day. In a gap, farther from both ends than a quarter of the fastest wave, the waves are
 * extrapolated and swing freely; there the value is the line between the ends.
 * @param waves - the cycle's value at a phase.
 */
export function valueInCycle(
  day: number,
  { gaps, period, order }: Cycle & { readonly gaps: readonly SeasonGap[] },
  waves: (phase: number) => number,
): number {
  const phase = phaseOf(day, period);
  for (const { from, to } of gaps) {
    const at = phase < from ? phase + period : phase;
    if (Math.min(at - from, to - at) <= period / (4 * order)) continue;
    return waves(from) + ((waves(to) - waves(from)) * (at - from)) / (to - from);
  }
  return waves(phase);
}
