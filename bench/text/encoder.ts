import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { exportEncoder, loadEncoder, openEncoderSession, type Encoder } from '../../learning/text/encoder/index.js';
import { initialHead } from '../../learning/text/encoder/fine-tuning.js';
import { openEncoderGraph } from '../../learning/text/encoder/runtime.js';
import { missingFiles, readEncoderFolder } from '../../platform/encoders/folder.js';
import { entryFile, projectRoot } from '../../platform/project.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuOf } from '../support/cpu.js';
import { encoderFolder } from '../support/encoder.js';
import { hasClinc, readClincTraining } from './encoder-data.js';
import type { TrainingCost } from './encoder-training.js';

const STEPS = 60;
/** Of PyTorch 2.15 and transformers 5.23 on the same weights, texts and batch size, one thread. */
const PYTORCH_STEP = 0.605;
const STEPS_OF_FIVE_EPOCHS = 5 * Math.ceil(15_000 / 32);
const MESSAGES = 200;
const ROUNDS = 5;

async function stepRows(encoderFolder: string, dataFolder: string): Promise<BenchmarkRow[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, entryFile('encoderTraining'), encoderFolder, dataFolder, String(STEPS)],
    { cwd: projectRoot, maxBuffer: 2 ** 24 },
  );
  const { cpuSecondsPerStep, peakMb } = JSON.parse(stdout) as TrainingCost;
  const fiveEpochs = (cpuSecondsPerStep * STEPS_OF_FIVE_EPOCHS) / 60;
  const row = (name: string, value: number, unit: string, atMost: number): BenchmarkRow =>
    benchmarkRow({ name: `CLINC150 fine-tuning, ${name}`, value, unit, target: { atMost } });
  return [
    row('a step of 32 texts (PyTorch elsewhere 0.605)', cpuSecondsPerStep, 'CPU s', PYTORCH_STEP),
    row('five epochs, from the step', fiveEpochs, 'CPU min', 20),
    row('peak memory', peakMb, 'MB', 1000),
  ];
}

/** Fastest of several rounds, in CPU milliseconds a message. @param rounds - CPU seconds of all messages. */
function fastest(rounds: readonly number[]): number {
  return (1000 * Math.min(...rounds)) / MESSAGES;
}

type Feeds = Readonly<Record<string, Tensor>>;

function feedsOf({ tokenizer }: Encoder, text: string): Feeds {
  const { ids } = tokenizer.encode(text, 64);
  const dims = [1, ids.length];
  const mask = new BigInt64Array(ids.length).fill(1n);
  return {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
    attention_mask: new Tensor('int64', mask, dims),
  };
}

async function runAll(session: InferenceSession, feeds: readonly Feeds[]): Promise<void> {
  for (const one of feeds) await session.run(one, ['logits']);
}

/** CPU milliseconds a message: through the session that serves, and in a bare runtime session on ready-made tensors. */
async function servingCost(encoder: Encoder, model: Uint8Array, texts: readonly string[]) {
  const serving = await openEncoderSession({ model, tokenizer: encoder.tokenizerFile }, { maximumLength: 64 });
  const bare = await openEncoderGraph(model);
  const feeds = texts.map((text) => feedsOf(encoder, text));
  const one = async (): Promise<void> => {
    for (const text of texts) await serving.logits([text]);
  };
  const served: number[] = [];
  const raw: number[] = [];
  await one();
  await runAll(bare, feeds);
  // Alternating, so that another program's load falls on both.
  for (let round = 0; round < ROUNDS; round++) {
    served.push((await cpuOf(one)).seconds);
    raw.push((await cpuOf(() => runAll(bare, feeds))).seconds);
  }
  await serving.close();
  await bare.release();
  return { served: fastest(served), raw: fastest(raw) };
}

async function servingRows(encoder: Encoder, dataFolder: string): Promise<BenchmarkRow[]> {
  const { texts } = readClincTraining(dataFolder);
  const messages = Array.from({ length: MESSAGES }, (_, i) => texts[i * Math.floor(texts.length / MESSAGES)]!);
  // The cost does not depend on the answer: a random head is enough.
  const trained = new Map([...encoder.weights.trained(), ...initialHead(encoder.config.hidden, 150, 1)]);
  const head = { level: 'sequence', multiLabel: false, classes: 150 } as const;
  const model = { encoder, head, trained, maximumLength: 64, history: [] };
  const fp32 = await servingCost(encoder, exportEncoder(model, 'fp32'), messages);
  const int8 = await servingCost(encoder, exportEncoder(model, 'int8'), messages);
  const ratio = (name: string, value: number, atMost: number): BenchmarkRow =>
    benchmarkRow({ name: `Encoder serving, ${name}`, value, unit: 'ratio', target: { atMost } });
  const cost = (name: string, value: number): BenchmarkRow =>
    benchmarkRow({ name: `Encoder serving, ${name}`, value, unit: 'CPU ms' });
  return [
    cost('one message, fp32', fp32.served),
    cost('one message, int8', int8.served),
    ratio('fp32 over a bare runtime session', fp32.served / fp32.raw, 1.2),
    ratio('int8 over a bare runtime session', int8.served / int8.raw, 1.2),
    ratio('int8 over fp32', int8.served / fp32.served, 0.6),
  ];
}

/** Cost of fine-tuning and serving a real encoder; needs `ENCODER_PATH` and CLINC150. */
export async function run({ dataFolder, onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const path = encoderFolder();
  if (!wants('encoder-step') && !wants('encoder-serving')) return [];
  if (path === null || (await missingFiles(path)).length > 0 || !hasClinc(dataFolder)) {
    onProgress('encoder: ENCODER_PATH or CLINC150 is not there: step and serving are left out');
    return [];
  }
  const rows: BenchmarkRow[] = [];
  onProgress(`encoder: ${STEPS} steps of fine-tuning`);
  if (wants('encoder-step')) rows.push(...(await stepRows(path, dataFolder)));
  if (!wants('encoder-serving')) return rows;
  onProgress('encoder: cost of a message');
  const encoder = loadEncoder(await readEncoderFolder(path, 'encoder'));
  return [...rows, ...(await servingRows(encoder, dataFolder))];
}
