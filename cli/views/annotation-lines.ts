import type { MetricStep, RunAnnotations } from '../../contracts/run-book.js';
import { formatNumber } from '../../registry/format-number.js';
import { formatTime } from '../output/format.js';

/** Tags in one line, and a line for each note. */
export function annotationLines({ tags, notes }: RunAnnotations): readonly string[] {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  return [
    ...(pairs.length === 0 ? [] : [`tags        ${pairs.join(' ')}`]),
    ...notes.map(({ note, by, at }) => `note        ${formatTime(at)} ${by}: ${note}`),
  ];
}

/** A line for each metric that was logged by step: its first and its last value. */
export function seriesLines(steps: readonly MetricStep[]): readonly string[] {
  const names = [...new Set(steps.map(({ name }) => name))];
  return names.map((name) => {
    const own = steps.filter((step) => step.name === name);
    const [first, last] = [own[0]!, own.at(-1)!];
    return `series      ${name} ${formatNumber(first.value)} at step ${first.step}, ${formatNumber(last.value)} at step ${last.step}`;
  });
}
