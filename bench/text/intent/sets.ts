import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { EncoderFiles, TrainContext } from '../../../contracts/model-definition.js';
import { inheritedConfig } from '../../../platform/config/load-config.js';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../../../learning/evaluation/split/index.js';
import { train } from '../../../models/intent-classifier/training/train.js';
import { evaluate, score } from '../../../models/intent-classifier/evaluation/score.js';
import { readExamples } from '../../../models/intent-classifier/data/examples.js';
import { fileFormats } from '../../../models/intent-classifier/data/formats.js';
import { params } from '../../../models/intent-classifier/params.js';
import { openPredictor, type IntentPredictor } from '../../../models/intent-classifier/prediction/predictor.js';
import type { PeerTexts } from '../../peers/linear-text.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type Target } from '../../report/suite.js';

/** A public set on both sides of its own division. */
export interface IntentSet {
  readonly train: TrainingData;
  readonly test: TrainingData;
}

/** @returns null when the folder with public data has no such set. */
export async function loadSet({ dataFolder, onProgress }: BenchmarkContext, path: string): Promise<IntentSet | null> {
  const full = join(dataFolder, 'intent', path);
  if (!existsSync(full)) {
    onProgress(`${full} is absent: left out`);
    return null;
  }
  const { format, table } = await readDataFile(full, fileFormats);
  const { schema } = format;
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  return { train: { schema, table: parts.train }, test: { schema, table: parts.holdout } };
}

async function encoderFromPath(): Promise<EncoderFiles | null> {
  const { path: folder } = inheritedConfig().encoder;
  if (folder === null) return null;
  const read = (name: string): Promise<Buffer> => readFile(join(folder, name));
  const weights = await read('model.safetensors');
  const weightsSha256 = createHash('sha256').update(weights).digest('hex');
  return { name: 'ENCODER_PATH', config: await read('config.json'), tokenizer: await read('tokenizer.json'), weights, weightsSha256 }; // prettier-ignore
}

/** What training is lent: the encoder of ENCODER_PATH, nothing else. */
export const benchContext = (seed: number): TrainContext => ({
  seed,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  champion: null,
  shards: [],
  encoder: encoderFromPath,
});

export const hasEncoder = (): boolean => inheritedConfig().encoder.path !== null;

/** CPU seconds, user and system, of this process. */
export async function cpuOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (user + system) / 1e6 };
}

export interface Measured {
  readonly predictor: IntentPredictor;
  readonly metrics: Readonly<Record<string, number>>;
  readonly trainSeconds: number;
  /** Most memory that this process held until the model was trained. */
  readonly trainPeakMb: number;
  /** CPU a message, through the predictor that serves. */
  readonly predictSeconds: number;
}

/** Trains and judges as `ml train` does. The caller closes the predictor. */
export async function measure(
  set: IntentSet,
  settings: Readonly<Record<string, unknown>>,
  seed = 1,
): Promise<Measured> {
  const context = benchContext(seed);
  const trained = await cpuOf(() => train(context, set.train, params.parse(settings)));
  const trainPeakMb = process.resourceUsage().maxRSS / 1024;
  const predictor = await openPredictor(trained.value);
  const scored = await cpuOf(() => score(predictor, set.test, context));
  const { metrics } = evaluate(scored.value, set.test);
  return {
    predictor,
    metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    trainSeconds: trained.seconds,
    trainPeakMb,
    predictSeconds: scored.seconds / set.test.table.rowCount,
  };
}

/** How a validation part that the set brings is used in the end, and what a row's name says of it. */
export interface Protocol {
  readonly ownValidation: 'kept' | 'learned';
  readonly suffix: string;
}

const LEARNED: Protocol = { ownValidation: 'learned', suffix: '' };

const hasValidation = ({ table }: TrainingData): boolean => {
  const parts = table.columns.part;
  return parts?.kind === 'text' && parts.values.includes('validation');
};

/** The product's default; before it, where the set brings a validation part, the protocol of published scores. */
export const protocolsOf = ({ train: rows }: IntentSet): readonly Protocol[] =>
  hasValidation(rows) ? [{ ownValidation: 'kept', suffix: ', validation kept apart' }, LEARNED] : [LEARNED];

/** In-scope texts with their labels, as the peer takes them; with or without the set's validation part. */
export function peerTexts(data: TrainingData, several: boolean, { ownValidation } = LEARNED): PeerTexts {
  const parts = data.table.columns.part;
  const apart = (i: number): boolean => ownValidation === 'kept' && parts?.kind === 'text' && parts.values[i] === 'validation'; // prettier-ignore
  const kept = readExamples(data).filter(({ outOfScope }, i) => !outOfScope && !apart(i));
  return { texts: kept.map(({ text }) => text), labels: kept.map(({ intents }) => (several ? intents : intents[0]!)) };
}

type RowFacts = Pick<BenchmarkRow, 'name' | 'value'> & { readonly unit?: string; readonly target?: Target } & {
  readonly peer?: BenchmarkRow['peer'];
};

/** A row with the usual blanks filled in. */
export const row = ({ name, value, unit = 'share', target = null, peer = null }: RowFacts): BenchmarkRow =>
  benchmarkRow({ name, value, unit, target, peer });
