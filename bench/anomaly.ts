import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

/** `run` of bench/anomaly/<part>.ts; asks `context.wants(section)` before it works. */
type AnomalyPart = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

const PARTS = ['adbench', 'scoring', 'categories', 'fraud', 'online'] as const;

async function loadPart(name: string): Promise<AnomalyPart | null> {
  const folder = join(import.meta.dirname, 'anomaly');
  const file = ['ts', 'js'].map((extension) => join(folder, `${name}.${extension}`)).find((path) => existsSync(path));
  if (file === undefined) return null;
  return ((await import(pathToFileURL(file).href)) as { run: AnomalyPart }).run;
}

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // One after the other: they measure CPU.
  for (const name of PARTS) rows.push(...((await (await loadPart(name))?.(context)) ?? []));
  return rows;
}

/** Unsupervised detectors on public sets and their speed; `--only adbench` takes one section. */
export const benchmarks: BenchmarkSuite = {
  description: 'anomaly detection: ADBench without labels, scoring speed, category models, card fraud, online learning',
  run,
};
