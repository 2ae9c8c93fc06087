const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Numbers as a row of bars, from 0 to the largest of them; all of them 0 are the lowest bar.
 * @param values - not negative; null is a gap.
 */
export function sparkline(values: readonly (number | null)[]): string {
  const largest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  return values
    .map((value) => {
      if (value === null) return '·';
      const step = largest === 0 ? 0 : Math.round((value / largest) * (BARS.length - 1));
      return BARS[step]!;
    })
    .join('');
}
