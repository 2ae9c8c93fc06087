import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entryFile, projectRoot } from '../../../platform/project.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import type { BenchmarkContext, BenchmarkRow, Target } from '../../report/suite.js';
import { encoderFolder } from '../../support/encoder.js';
import { type Bar, qualityRows } from './accuracy.js';
import { row } from './sets.js';
import type { TunedTraining } from './tuned-training.js';

interface TunedBar extends Bar {
  readonly seeds: readonly number[];
  /** Of a whole training; without one it is measured for information. */
  readonly minutes?: number;
  readonly megabytes?: number;
}

const SETS: readonly TunedBar[] = [
  {
    name: 'CLINC150',
    path: 'clinc150/data_full.json.gz',
    seeds: [1, 2, 3],
    accuracy: 0.964,
    recall: 0.9,
    calibration: 0.01,
    minutes: 20,
    megabytes: 1000,
  },
  { name: 'Banking77', path: 'banking77', seeds: [1, 2], accuracy: 0.935 },
  { name: 'HWU64', path: 'hwu64', seeds: [1, 2, 3], accuracy: 0.92 },
];

async function trainApart({ dataFolder }: BenchmarkContext, path: string, seed: number): Promise<TunedTraining> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, entryFile('tunedTraining'), dataFolder, path, String(seed)],
    { cwd: projectRoot, maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout) as TunedTraining;
}

/** Each metric averaged over trainings. */
const meanMetrics = (found: readonly TunedTraining[]): Record<string, number> =>
  Object.fromEntries(
    Object.keys(found[0]!.metrics).map((name) => [name, mean(found.map(({ metrics }) => metrics[name]!))]),
  );

const atMost = (value: number | undefined): Target => (value === undefined ? null : { atMost: value });

function rowsOf(bar: TunedBar, seeds: readonly number[], found: readonly TunedTraining[]): BenchmarkRow[] {
  const name = `fine-tuned ${bar.name}`;
  const over = seeds.length > 1 ? `${name}, mean of seeds ${seeds.join(', ')}` : `${name}, seed ${seeds[0]!}`;
  const single =
    seeds.length > 1
      ? seeds.map((seed, i) => row({ name: `${name}, seed ${seed}: accuracy`, value: found[i]!.metrics.accuracy! }))
      : [];
  const minutes = Math.max(...found.map(({ trainSeconds }) => trainSeconds)) / 60;
  const megabytes = Math.max(...found.map(({ peakMb }) => peakMb));
  return [
    ...qualityRows(over, { metrics: meanMetrics(found) }, bar, null),
    ...single,
    row({ name: `${name}: training`, value: minutes, unit: 'CPU min', target: atMost(bar.minutes) }),
    row({ name: `${name}: peak memory of the training`, value: megabytes, unit: 'MB', target: atMost(bar.megabytes) }),
  ];
}

/**
 * The fine-tuned tier through the product's own training, a process a seed. A set and a seed can be asked for alone:
 * `--only 'intent-tuned CLINC150 seed 2'`.
 */
export async function tunedSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const bar of SETS) {
    const seeds = bar.seeds.filter((seed) => context.wants(`intent-tuned ${bar.name} seed ${seed}`));
    if (seeds.length === 0) continue;
    if (encoderFolder() === null || !existsSync(join(context.dataFolder, 'intent', bar.path))) {
      context.onProgress(`fine-tuned ${bar.name}: ENCODER_PATH or the data is not there: left out`);
      continue;
    }
    const found: TunedTraining[] = [];
    for (const seed of seeds) {
      context.onProgress(`fine-tuned ${bar.name}, seed ${seed}`);
      found.push(await trainApart(context, bar.path, seed));
    }
    rows.push(...rowsOf(bar, seeds, found));
  }
  return rows;
}
