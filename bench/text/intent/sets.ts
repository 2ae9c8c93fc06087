import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { TrainContext } from '../../../contracts/model-definition.js';
import { train } from '../../../models/intent-classifier/training/train.js';
import { evaluate, score } from '../../../models/intent-classifier/evaluation/score.js';
import { readExamples } from '../../../models/intent-classifier/data/examples.js';
import { fileFormats } from '../../../models/intent-classifier/data/formats.js';
import { params } from '../../../models/intent-classifier/params.js';
import { openPredictor, type IntentPredictor } from '../../../models/intent-classifier/prediction/predictor.js';
import type { PeerTexts } from '../../peers/linear-text.js';
import { type BenchmarkContext, benchmarkRow, type BenchmarkRow, type MeasuredValue } from '../../report/suite.js';
import { cpuOf } from '../../support/cpu.js';
import { type DividedSet, readDivided } from '../../support/divided-set.js';
import { readConfiguredEncoder } from '../../support/encoder.js';
import { trainingContext } from '../../support/training-context.js';

/** @returns null when the folder with public data has no such set. */
export async function loadSet(
  { dataFolder, onProgress }: Pick<BenchmarkContext, 'dataFolder' | 'onProgress'>,
  path: string,
): Promise<DividedSet | null> {
  const full = join(dataFolder, 'intent', path);
  if (!existsSync(full)) {
    onProgress(`${full} is absent: left out`);
    return null;
  }
  return readDivided(full, fileFormats);
}

/** The context of a training with the encoder of ENCODER_PATH. */
export const encoderContext = (seed: number): TrainContext => trainingContext(seed, { encoder: readConfiguredEncoder });

export interface Measured {
  readonly predictor: IntentPredictor;
  readonly metrics: Readonly<Record<string, number>>;
  readonly trainSeconds: number;
  /** Peak memory of this process up to the end of training. */
  readonly trainPeakMb: number;
  /** CPU a message, through the predictor that serves. */
  readonly predictSeconds: number;
}

/** Trains and evaluates as `ml train` does. The caller closes the predictor. */
export async function measure(
  set: DividedSet,
  settings: Readonly<Record<string, unknown>>,
  seed = 1,
): Promise<Measured> {
  const context = encoderContext(seed);
  const trained = await cpuOf(() => train(context, set.train, params.parse(settings)));
  const trainPeakMb = process.resourceUsage().maxRSS / 1024;
  const predictor = await openPredictor(trained.value);
  const scored = await cpuOf(() => score(predictor, set.holdout, context));
  const { metrics } = evaluate(scored.value, set.holdout);
  return {
    predictor,
    metrics: Object.fromEntries(metrics.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
    trainSeconds: trained.seconds,
    trainPeakMb,
    predictSeconds: scored.seconds / set.holdout.table.rowCount,
  };
}

/** Whether training uses the set's own validation part, and what a row's name says of it. */
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
export const protocolsOf = ({ train: rows }: DividedSet): readonly Protocol[] =>
  hasValidation(rows) ? [{ ownValidation: 'kept', suffix: ', validation kept apart' }, LEARNED] : [LEARNED];

/** In-scope texts with their labels, as the peer takes them; with or without the set's validation part. */
export function peerTexts(data: TrainingData, multiLabel: boolean, { ownValidation } = LEARNED): PeerTexts {
  const parts = data.table.columns.part;
  const apart = (i: number): boolean =>
    ownValidation === 'kept' && parts?.kind === 'text' && parts.values[i] === 'validation';
  const kept = readExamples(data).filter(({ outOfScope }, i) => !outOfScope && !apart(i));
  return {
    texts: kept.map(({ text }) => text),
    labels: kept.map(({ intents }) => (multiLabel ? intents : intents[0]!)),
  };
}

/** A row whose unit is a share unless it says otherwise. */
export const row = (measured: Omit<MeasuredValue, 'unit'> & Partial<Pick<MeasuredValue, 'unit'>>): BenchmarkRow =>
  benchmarkRow({ unit: 'share', ...measured });
