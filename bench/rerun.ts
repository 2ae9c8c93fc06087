import { loadavg } from 'node:os';
import { z } from 'zod';
import { masterTrainingResult } from '../contracts/workflows.js';
import { runningState } from '../platform/embedded/ensure.js';
import { type PlatformCommands, startPlatform } from './refresh/platform-commands.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type BenchmarkSuite } from './report/suite.js';
import { processTreeCpu } from './support/process-tree-cpu.js';

/** Half of the default: the five models are trained within minutes, also beside other work. */
const USERS = 150;
/** Of the CPU of the full run. */
const WANTED_SHARE = 0.25;
const WANTED_SECONDS = 10;

const finished = z.object({ workflowId: z.string(), result: masterTrainingResult });

/** CPU seconds of the commands and of the platform, which are no children of each other. */
function cpuOf({ home }: PlatformCommands): number {
  const supervisor = runningState(home)?.supervisor.pid;
  return processTreeCpu(process.pid) + (supervisor === undefined ? 0 : processTreeCpu(supervisor));
}

interface Measured {
  readonly workflowId: string;
  /** CPU seconds. */
  readonly seconds: number;
  /** From the command's start to its end, which depends on what else the machine does. */
  readonly wallSeconds: number;
  readonly decisions: string;
}

/** Runs a command that ends with a retraining, and counts everything that the platform did meanwhile. */
async function measure(platform: PlatformCommands, args: readonly string[]): Promise<Measured> {
  const before = cpuOf(platform);
  const start = performance.now();
  const { workflowId, result } = finished.parse(await platform.ml(...args));
  const seconds = cpuOf(platform) - before;
  const wallSeconds = (performance.now() - start) / 1000;
  const decisions = result.models.map((one) => (one.status === 'decided' ? one.result.decision : one.errorCode));
  return { workflowId, seconds, wallSeconds, decisions: decisions.join(', ') };
}

async function run({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const platform = await startPlatform();
  const measured = async (what: string, ...args: string[]): Promise<Measured> => {
    const found = await measure(platform, args);
    const times = `${found.seconds.toFixed(1)} CPU-s, ${found.wallSeconds.toFixed(1)} s at load ${loadavg()[0]!.toFixed(1)}`;
    onProgress(`${what}: ${found.workflowId}, ${times}: ${found.decisions}`);
    return found;
  };
  try {
    await platform.ml('data', 'generate', '--users', String(USERS));
    const full = await measured('full run', 'retrain');
    const rerun = ['runs', 'rerun', full.workflowId];
    const fromEvaluation = [...rerun, '--from', 'evaluation'];
    // The champion is new, so that each model is evaluated again, with the scores that the full run stored.
    const evaluation = await measured('from evaluation', ...fromEvaluation);
    const scored = await measured('from evaluation, scored again', ...fromEvaluation, '--no-cache');
    const cached = await measured('everything reused', ...rerun);
    return rowsOf({ full, evaluation, scored, cached });
  } finally {
    await platform.close();
  }
}

type Runs = Readonly<Record<'full' | 'evaluation' | 'scored' | 'cached', Measured>>;

function rowsOf({ full, evaluation, scored, cached }: Runs): BenchmarkRow[] {
  const row = (name: string, { seconds }: Measured) => benchmarkRow({ name, value: seconds, unit: 'CPU-s' });
  const share = (name: string, { seconds }: Measured) => ({ name, value: seconds / full.seconds, unit: 'share' });
  return [
    row('full run of five models', full),
    row('rerun --from evaluation', evaluation),
    benchmarkRow({ ...share('of the full run', evaluation), target: { atMost: WANTED_SHARE } }),
    row('rerun --from evaluation --no-cache', scored),
    benchmarkRow(share('of the full run, scored again', scored)),
    benchmarkRow({
      name: 'rerun with everything reused',
      value: cached.seconds,
      unit: 'CPU-s',
      target: { atMost: WANTED_SECONDS },
    }),
  ];
}

/** Everything that runs is counted: command, workers, computing processes and servers. */
export const benchmarks: BenchmarkSuite = {
  description:
    'a retraining of five models on the embedded platform, repeated from evaluation and with all results reused',
  run,
};
