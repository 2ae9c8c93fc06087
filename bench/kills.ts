import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBlobStore } from '../platform/blobs/open.js';
import { entryFile, projectRoot } from '../platform/project.js';
import { withTemporaryFolder } from '../platform/temporary-folders.js';
import { createRandom } from '../learning/numeric/random/index.js';
import { makeSnapshot } from './data/snapshot.js';
import { type DataStep, dataSteps, type StepCost } from './data/steps.js';
import { ROWS_A_CUSTOMER, type Templates, writeTemplates } from './data/templates.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';

/** Transactions, about, unless `--rows` says otherwise. */
const ROWS = 1_000_000;
const KILLS = 20;
const SEED = 20;

const stepNames = Object.keys(dataSteps) as DataStep[];

interface Prepared {
  readonly store: string;
  readonly snapshotHash: string;
}

/** A store of its own with the snapshot, so that nothing that another run made is found there. */
async function prepareStore(
  folder: string,
  name: string,
  { templates, rows }: { readonly templates: Templates; readonly rows: number },
): Promise<Prepared> {
  const store = join(folder, name);
  const blobs = openBlobStore(pathToFileURL(store).href, join(store, 'cache'));
  const customers = Math.max(1, Math.round(rows / ROWS_A_CUSTOMER));
  const { hash } = await makeSnapshot({ blobs, folder: join(folder, `work-${name}`) }, { templates, customers });
  return { store, snapshotHash: hash };
}

function startStep(step: DataStep, { store, snapshotHash }: Prepared): ChildProcess {
  const program = [...process.execArgv, entryFile('dataStep'), step, store, snapshotHash];
  return spawn(process.execPath, program, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Runs a step to its end. @returns the hash of its result, and how long it took, start included. */
async function runStep(step: DataStep, prepared: Prepared): Promise<{ readonly hash: string; readonly ms: number }> {
  const start = performance.now();
  const child = startStep(step, prepared);
  let output = '';
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${step} ended with ${String(code)}`);
  return { hash: (JSON.parse(output) as StepCost).hash, ms: performance.now() - start };
}

/** @returns false when the step had ended before. */
async function killStep(step: DataStep, prepared: Prepared, afterMs: number): Promise<boolean> {
  const child = startStep(step, prepared);
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

/** Kills the steps in turn at moments drawn over their undisturbed time, then lets each of them end. */
async function disturb(
  { onProgress }: BenchmarkContext,
  prepared: Prepared,
  undisturbed: ReadonlyMap<DataStep, { readonly hash: string; readonly ms: number }>,
): Promise<{ readonly kills: number; readonly different: number }> {
  const random = createRandom(SEED);
  let kills = 0;
  for (let turn = 0; kills < KILLS; turn++) {
    const step = stepNames[turn % stepNames.length]!;
    const afterMs = random.uniform() * undisturbed.get(step)!.ms;
    if (!(await killStep(step, prepared, afterMs))) continue;
    kills += 1;
    onProgress(`kill ${kills} of ${KILLS}: ${step} after ${(afterMs / 1000).toFixed(1)} s`);
  }
  let different = 0;
  for (const step of stepNames)
    if ((await runStep(step, prepared)).hash !== undisturbed.get(step)!.hash) different += 1;
  return { kills, different };
}

async function measure(
  context: BenchmarkContext,
  folder: string,
  data: { readonly templates: Templates; readonly rows: number },
): Promise<BenchmarkRow[]> {
  const undisturbed = new Map<DataStep, { readonly hash: string; readonly ms: number }>();
  const calm = await prepareStore(folder, `calm-${data.rows}`, data);
  for (const step of stepNames) {
    undisturbed.set(step, await runStep(step, calm));
    context.onProgress(`${step}, undisturbed: ${(undisturbed.get(step)!.ms / 1000).toFixed(1)} s`);
  }
  const disturbed = await prepareStore(folder, `disturbed-${data.rows}`, data);
  const { kills, different } = await disturb(context, disturbed, undisturbed);
  const name = `${data.rows / 1e6} M transactions`;
  return [
    benchmarkRow({ name: `${name}, random kills`, value: kills, unit: 'kills', target: { atLeast: KILLS } }),
    benchmarkRow({
      name: `${name}, steps with another result`,
      value: different,
      unit: 'steps',
      target: { atMost: 0 },
    }),
  ];
}

/** Kills the steps from a snapshot to features and training tables at random moments, and compares their results. */
export const benchmarks: BenchmarkSuite = {
  description: '20 random kills of the steps from a snapshot to training tables give the same results (`--rows`)',
  run: (context) =>
    withTemporaryFolder(async (folder) => {
      const templates = await writeTemplates(folder);
      const rows: BenchmarkRow[] = [];
      for (const size of context.rows ?? [ROWS])
        rows.push(...(await measure(context, folder, { templates, rows: size })));
      return rows;
    }),
};
