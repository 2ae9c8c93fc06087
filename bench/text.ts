import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

/** A part of the suite, `run` of bench/text/<part>.ts: asks `context.wants(section)` before each of its sections. */
type TextPart = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

const PARTS = ['encoder', 'intent', 'ner'] as const;

async function loadPart(name: string): Promise<TextPart | null> {
  const folder = join(import.meta.dirname, 'text');
  const file = ['ts', 'js'].map((extension) => join(folder, `${name}.${extension}`)).find((path) => existsSync(path));
  if (file === undefined) return null;
  return ((await import(pathToFileURL(file).href)) as { run: TextPart }).run;
}

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // One after the other: they measure CPU.
  for (const name of PARTS) rows.push(...((await (await loadPart(name))?.(context)) ?? []));
  return rows;
}

/** The encoder, the intent classifier and the financial NER on public data; `--only intent-scratch` takes one section. */
export const benchmarks: BenchmarkSuite = {
  description:
    'text models: encoder training, intents (scratch, frozen, tuned, multi, active, robust, reasons), entities',
  run,
};
