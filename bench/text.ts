import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

/** A part of the suite, `run` of bench/text/<part>.ts: asks `context.wants(section)` before each of its sections. */
type TextPart = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

/** Imported only when the suite runs. */
const parts: readonly (() => Promise<{ readonly run: TextPart }>)[] = [
  () => import('./text/encoder.js'),
  () => import('./text/intent.js'),
  () => import('./text/ner.js'),
];

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // One after the other: they measure CPU.
  for (const load of parts) rows.push(...(await (await load()).run(context)));
  return rows;
}

/** The encoder, the intent classifier and the financial NER on public data; `--only intent-scratch` takes one section. */
export const benchmarks: BenchmarkSuite = {
  description:
    'text models: encoder training, intents (scratch, frozen, tuned, multi, active, robust, reasons), entities',
  run,
};
