import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

/** `run` of bench/anomaly/<part>.ts; asks `context.wants(section)` before it works. */
type AnomalyPart = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

/** Imported only when the suite runs. */
const parts: readonly (() => Promise<{ readonly run: AnomalyPart }>)[] = [
  () => import('./anomaly/adbench.js'),
  () => import('./anomaly/scoring.js'),
  () => import('./anomaly/categories.js'),
  () => import('./anomaly/fraud.js'),
  () => import('./anomaly/online.js'),
];

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // One after the other: they measure CPU.
  for (const load of parts) rows.push(...(await (await load()).run(context)));
  return rows;
}

/** Unsupervised detectors on public sets and their speed; `--only adbench` takes one section. */
export const benchmarks: BenchmarkSuite = {
  description: 'anomaly detection: ADBench without labels, scoring speed, category models, card fraud, online learning',
  run,
};
