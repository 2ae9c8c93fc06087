import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Matrix } from '../../learning/numeric/matrix/index.js';

const run = promisify(execFile);

/** Labelled rows that ours and the peer learn from. */
export interface PeerRows {
  readonly x: Matrix;
  readonly y: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

/** Engines of the same kind. */
export type BoostingEngine = 'xgboost' | 'lightgbm' | 'catboost';

/** What the peer is asked to do. */
export interface XgboostJob extends PeerRows {
  /** @default 'xgboost' */
  readonly engine?: BoostingEngine;
  /** By the engine's own names, such as `max_depth`. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly rounds: number;
  /** Fold numbers a row, once a repeat; none = train and predict on all rows. */
  readonly folds: readonly Int32Array[];
  /** Fits when there are no folds; the fastest counts. @default 1 */
  readonly timings?: number;
}

export interface XgboostAnswer {
  readonly version: string;
  /** CPU of binning and training in one thread. */
  readonly cpuSeconds: number;
  /** A repeat each: (rows,) out-of-fold probabilities; without folds one array in-sample. */
  readonly predictions: readonly Float32Array[];
}

/** The version that python3 can import, or null. */
export async function findPeer(engine: BoostingEngine): Promise<string | null> {
  try {
    const { stdout } = await run('python3', ['-c', `import numpy, ${engine}; print(${engine}.__version__)`]);
    return stdout.trim();
  } catch {
    return null;
  }
}

export const findXgboost = (): Promise<string | null> => findPeer('xgboost');

async function writeJob(folder: string, job: XgboostJob): Promise<void> {
  const floats = (name: string, values: ArrayLike<number>): Promise<void> =>
    writeFile(join(folder, name), new Uint8Array(Float32Array.from(values).buffer));
  await floats('x.f32', job.x.values);
  await floats('y.f32', job.y);
  if (job.weights) await floats('weights.f32', job.weights);
  await writeFile(join(folder, 'folds.i32'), Buffer.concat(job.folds.map((folds) => new Uint8Array(folds.buffer))));
  const { engine = 'xgboost', params, rounds, timings = 1 } = job;
  const settings = { engine, params, rounds, timings, repeats: job.folds.length, weighted: job.weights !== undefined };
  await writeFile(join(folder, 'job.json'), JSON.stringify(settings));
}

/** Trains the engine in a process of its own. @throws when python3 or the engine is missing or fails. */
export async function runXgboost(job: XgboostJob): Promise<XgboostAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'xgboost-peer-'));
  try {
    await writeJob(folder, job);
    const { stdout } = await run('python3', [join(import.meta.dirname, 'boosting_peer.py'), folder]);
    const bytes = await readFile(join(folder, 'predictions.f32'));
    const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const { rows } = job.x;
    const repeats = Math.max(1, job.folds.length);
    const predictions = Array.from({ length: repeats }, (_, repeat) =>
      all.subarray(repeat * rows, (repeat + 1) * rows),
    );
    return { ...(JSON.parse(stdout) as { version: string; cpuSeconds: number }), predictions };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Probabilities that XGBoost gives with a model file written here. @param x - (n, p). */
export async function predictWithXgboost(modelJson: string, x: Matrix): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xgboost-peer-'));
  try {
    await writeFile(join(folder, 'model.json'), modelJson);
    await writeFile(join(folder, 'x.f32'), new Uint8Array(Float32Array.from(x.values).buffer));
    const script = [
      'import json, sys, numpy, xgboost',
      'model = xgboost.Booster(model_file=f"{sys.argv[1]}/model.json")',
      'x = numpy.fromfile(f"{sys.argv[1]}/x.f32", dtype=numpy.float32).reshape(-1, int(sys.argv[2]))',
      'print(json.dumps(model.inplace_predict(x).astype(float).tolist()))',
    ];
    const { stdout } = await run('python3', ['-c', script.join('\n'), folder, String(x.cols)], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout) as number[];
  } finally {
    await rm(folder, { recursive: true });
  }
}
