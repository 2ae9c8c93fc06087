import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { openBlobStore } from '../platform/blobs/open.js';
import { entryFile, projectRoot } from '../platform/project.js';
import { withTemporaryFolder } from '../platform/temporary-folders.js';
import { makeSnapshot } from './data/snapshot.js';
import { type DataStep, dataSteps, type StepCost } from './data/steps.js';
import { ROWS_A_CUSTOMER, type Templates, writeTemplates } from './data/templates.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

const MILLION = 1_000_000;
/** Transactions, about, unless `--rows` says otherwise; the bars are those of the larger one. */
const SIZES = [MILLION, 10 * MILLION];
const BAR_ROWS = 10 * MILLION;
const RUNS = 3;
/** CPU a million rows may grow by this much from the smallest to the largest size. */
const GROWTH = 1.2;

interface MeasuredSize {
  readonly rows: number;
  /** Costs of the runs by step. */
  readonly costs: Readonly<Record<string, readonly StepCost[]>>;
}

const stepNames = Object.keys(dataSteps) as DataStep[];

async function runStep(step: DataStep, folder: string, snapshotHash: string): Promise<StepCost> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, entryFile('dataStep'), step, folder, snapshotHash],
    { cwd: projectRoot, maxBuffer: 2 ** 20 },
  );
  return JSON.parse(stdout) as StepCost;
}

/** Runs the steps in turn, so that a busy minute of the machine does not hit all runs of one step. */
async function measureSize(
  { wants, once, onProgress }: BenchmarkContext,
  { templates, rows, folder }: { readonly templates: Templates; readonly rows: number; readonly folder: string },
): Promise<MeasuredSize> {
  const store = join(folder, `${rows}`);
  const blobs = openBlobStore(pathToFileURL(store).href, join(store, 'cache'));
  const customers = Math.max(1, Math.round(rows / ROWS_A_CUSTOMER));
  onProgress(`making a snapshot of ${customers} customers`);
  const snapshot = await makeSnapshot({ blobs, folder: join(folder, 'work') }, { templates, customers });
  const costs: Record<string, StepCost[]> = {};
  for (let run = 0; run < RUNS; run++)
    for (const step of stepNames.filter(wants)) {
      const cost = await once(`data ${rows} ${step} ${run}`, () => runStep(step, store, snapshot.hash));
      onProgress(
        `${snapshot.transactions} rows, ${step}: ${cost.cpuSeconds.toFixed(1)} CPU-s, ${cost.peakMemoryMb} MB`,
      );
      (costs[step] ??= []).push(cost);
    }
  return { rows: snapshot.transactions, costs };
}

const least = (costs: readonly StepCost[], of: 'cpuSeconds' | 'peakMemoryMb'): number =>
  Math.min(...costs.map((cost) => cost[of]));

/** CPU has the share of its bar that the rows have of the bar's; memory has the bar itself. */
function sizeRows({ rows, costs }: MeasuredSize): BenchmarkRow[] {
  return Object.entries(costs).flatMap(([step, runs]) => {
    const bars = dataSteps[step as DataStep];
    const name = `${(rows / MILLION).toFixed(1)} M transactions, ${step}`;
    const results = new Set(runs.map(({ hash }) => hash)).size;
    return [
      benchmarkRow({
        ...{ name: `${name}, CPU`, value: least(runs, 'cpuSeconds'), unit: 'CPU s' },
        target: { atMost: (bars.cpuSeconds * rows) / BAR_ROWS },
      }),
      benchmarkRow({
        ...{ name: `${name}, peak memory`, value: least(runs, 'peakMemoryMb'), unit: 'MB' },
        target: { atMost: bars.peakMemoryMb },
      }),
      benchmarkRow({ name: `${name}, different results`, value: results, unit: 'hashes', target: { atMost: 1 } }),
    ];
  });
}

/** CPU a million rows of the largest size over that of the smallest. */
function growthRows(sizes: readonly MeasuredSize[]): BenchmarkRow[] {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  return Object.keys(last.costs).map((step) => {
    const rate = ({ rows, costs }: MeasuredSize): number => least(costs[step] ?? [], 'cpuSeconds') / rows;
    const target = { atMost: GROWTH };
    return benchmarkRow({
      name: `${step}, growth of CPU a row`,
      value: rate(last) / rate(first),
      unit: 'times',
      target,
    });
  });
}

/** Benchmark of the steps from a snapshot to features and training tables, bucket by bucket. */
export const benchmarks: BenchmarkSuite = {
  description: 'CPU time and memory of features and training tables over 1 and 10 million transactions (`--rows`)',
  run: (context) =>
    withTemporaryFolder(async (folder) => {
      const templates = await writeTemplates(folder);
      const sizes: MeasuredSize[] = [];
      for (const rows of context.rows ?? SIZES) sizes.push(await measureSize(context, { templates, rows, folder }));
      return [...sizes.flatMap(sizeRows), ...growthRows(sizes)];
    }),
};
