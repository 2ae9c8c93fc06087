import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

/** `run` of bench/drift/<part>.ts; asks `context.wants(section)` before it works. */
type DriftPart = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

/** Imported only when the suite runs. */
const parts: readonly (() => Promise<{ readonly run: DriftPart }>)[] = [
  () => import('./drift/speed.js'),
  () => import('./drift/power.js'),
  () => import('./drift/performance.js'),
];

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // One after the other: they measure CPU.
  for (const load of parts) rows.push(...(await (await load()).run(context)));
  return rows;
}

/** Comparison of a window with its reference; `--only speed` takes one section. */
export const benchmarks: BenchmarkSuite = {
  description: 'drift: speed and memory, detection power and false discoveries, performance estimated without labels',
  run,
};
