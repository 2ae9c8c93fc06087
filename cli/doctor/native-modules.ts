import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OnnxGraph, encodeOnnxModel } from '../../learning/onnx/index.js';
import type { Examination } from './finding.js';

const require = createRequire(import.meta.url);
const reinstall = 'run `npm ci` again; on Alpine or another musl system use a glibc image';

/** The modules with compiled code, each with an operation that needs it. */
export const nativeModules: readonly Examination[] = [
  {
    part: 'onnxruntime-node',
    replacement: null,
    advice: reinstall,
    examine: async () => ({ found: `ran a graph: ${await runGraph()}`, ...installed('onnxruntime-node') }),
  },
  {
    part: '@duckdb/node-api',
    replacement: null,
    advice: reinstall,
    examine: async () => ({ found: `ran a query: ${await runQuery()}`, ...installed('@duckdb/node-api') }),
  },
  {
    part: '@temporalio/core-bridge',
    replacement: null,
    advice: reinstall,
    examine: async () => ({ found: await startRuntime(), ...installed('@temporalio/worker') }),
  },
  {
    part: '@tensorflow/tfjs-node',
    replacement: 'plain TensorFlow.js is used, slower and otherwise the same',
    advice: 'optional: has no build for every Node version; nothing to do',
    examine: async () => ({ found: await multiply('@tensorflow/tfjs-node'), ...installed('@tensorflow/tfjs-node') }),
  },
  {
    part: '@tensorflow/tfjs-core',
    replacement: null,
    advice: reinstall,
    examine: async () => ({ found: await multiplyPlain(), ...installed('@tensorflow/tfjs-core') }),
  },
];

/** Folder and version of an installed package; its main file may lie in a subfolder. */
function installed(name: string): { where: string; version: string } {
  let folder = dirname(require.resolve(name));
  while (!isPackage(folder, name)) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { where: folder, version };
}

function isPackage(folder: string, name: string): boolean {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === name;
}

async function runGraph(): Promise<string> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const graph = new OnnxGraph('doctor');
  const x = graph.input('x', 'float32', [2]);
  graph.node('Add', [x, x], { outputs: ['y'] });
  graph.output('y', 'float32', [2]);
  const session = await InferenceSession.create(encodeOnnxModel(graph));
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1.5, 2), [2]) });
  await session.release();
  const data = [...((y?.data ?? []) as Float32Array)];
  return expectEqual(data.join(' '), '3 4');
}

async function runQuery(): Promise<string> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll('select sum(i)::integer as total from range(10) t(i)');
  connection.closeSync();
  return expectEqual(String(reader.getRows()[0]?.[0]), '45');
}

async function startRuntime(): Promise<string> {
  const { DefaultLogger, NativeConnection, Runtime } = await import('@temporalio/worker');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  // Port 9 (discard) is closed everywhere: the error shows that the compiled client ran.
  const refusal = await NativeConnection.connect({ address: '127.0.0.1:9' }).then(
    () => 'connected',
    (fault: unknown) => (fault instanceof Error ? fault.constructor.name : 'unknown'),
  );
  return `started its runtime, client answered ${refusal}`;
}

async function multiply(name: string): Promise<string> {
  const tf = (await import(name)) as typeof import('@tensorflow/tfjs-core');
  return `multiplied matrices: ${expectEqual(await product(tf), '7 10 15 22')}`;
}

async function multiplyPlain(): Promise<string> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  tf.env().set('PROD', true); // without the advertisement for tfjs-node
  await tf.setBackend('cpu');
  return `multiplied matrices: ${expectEqual(await product(tf), '7 10 15 22')}`;
}

async function product(tf: typeof import('@tensorflow/tfjs-core')): Promise<string> {
  const matrix = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const squared = tf.matMul(matrix, matrix);
  const values = await squared.data();
  tf.dispose([matrix, squared]);
  return [...values].join(' ');
}

function expectEqual(found: string, wanted: string): string {
  if (found !== wanted) throw new Error(`computed ${found}, wanted ${wanted}`);
  return found;
}
