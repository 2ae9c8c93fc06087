import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Matrix } from '../../learning/numeric/matrix/index.js';

const run = promisify(execFile);

/** What scikit-learn's isolation forest is asked to do: fit and score the same rows, set by set and seed by seed. */
export interface ForestJob {
  readonly sets: readonly Matrix[];
  readonly seeds: readonly number[];
  readonly trees: number;
  /** The fastest of so many counts. @default 1 */
  readonly timings?: number;
}

export interface ForestAnswer {
  readonly version: string;
  /** CPU of all fits, and of all scorings, in one thread. */
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
  /** By set, by seed: (rows,), higher = more anomalous. */
  readonly scores: readonly (readonly Float32Array[])[];
}

/** The version of scikit-learn that python3 can import, or null. */
export async function findScikitLearn(): Promise<string | null> {
  try {
    const { stdout } = await run('python3', ['-c', 'import sklearn; print(sklearn.__version__)']);
    return stdout.trim();
  } catch {
    return null;
  }
}

async function writeJob(folder: string, { sets, seeds, trees, timings = 1 }: ForestJob): Promise<void> {
  const written = sets.map(async ({ rows, cols, values }, index) => {
    const file = `${index}.f32`;
    await writeFile(join(folder, file), new Uint8Array(Float32Array.from(values).buffer));
    return { file, rows, cols };
  });
  await writeFile(
    join(folder, 'job.json'),
    JSON.stringify({ sets: await Promise.all(written), seeds, trees, timings }),
  );
}

function splitScores(all: Float32Array, { sets, seeds }: ForestJob): Float32Array[][] {
  let start = 0;
  return sets.map(({ rows }) => seeds.map(() => all.slice(start, (start += rows))));
}

/** Runs scikit-learn in a process of its own. @throws when python3 or scikit-learn is missing or fails. */
export async function runScikitLearn(job: ForestJob): Promise<ForestAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'forest-peer-'));
  try {
    await writeJob(folder, job);
    const { stdout } = await run('python3', [join(import.meta.dirname, 'isolation_forest_peer.py'), folder]);
    const bytes = await readFile(join(folder, 'scores.f32'));
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { ...(JSON.parse(stdout) as Omit<ForestAnswer, 'scores'>), scores: splitScores(all, job) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
