import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingData } from '../../contracts/dataset.js';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { measuredValue } from '../../learning/evaluation/metrics/index.js';
import { tokenise } from '../../learning/text/sequence-tagging/index.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { selectRows, textColumn } from '../../learning/table.js';
import { model } from '../../models/financial-ner/index.js';
import { cpuOf } from '../support/cpu.js';
import { type DividedSet, readDivided } from '../support/divided-set.js';
import { readConfiguredEncoder } from '../support/encoder.js';
import { trainingContext } from '../support/training-context.js';
import { inLatinLetters } from './transliteration.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';

/*
 * Targets are the better of two peers on the same split, plus two points, as measured before this model existed: spaCy
 * 3.8.18 (blank `en`, 30 iterations) and python-crfsuite 0.9.12. Neither is run here. A
 * fine-tuned encoder has to beat the score from scratch.
 */

interface EntitySet {
  readonly name: string;
  /** Below the data folder. */
  readonly path: string;
  /** The better peer's F1 in percent. */
  readonly peer: number;
  /** Epochs of fine-tuning: fewer for more words. */
  readonly epochs: number;
  /** Of fine-tuning: more than one where the test part is small. */
  readonly seeds: readonly number[];
  /** F1 from scratch in docs/benchmarks.md, for runs that only fine-tune. */
  readonly fromScratch: number;
  /** Positions of the test rows when the set's own division is another. */
  readonly testRows?: (context: BenchmarkContext) => ReadonlySet<number> | null;
}

function wikigoldRows({ dataFolder }: BenchmarkContext): ReadonlySet<number> | null {
  const file = join(dataFolder, '../notes/wikigold_split_seed0.json');
  if (!existsSync(file)) return null;
  return new Set((JSON.parse(readFileSync(file, 'utf8')) as { test: number[] }).test);
}

const sets: readonly EntitySet[] = [
  { name: 'NLU++ slots', path: 'intent/nlupp-banking', peer: 75, epochs: 15, seeds: [42, 43], fromScratch: 78.1 },
  { name: 'FIN5', path: 'ner/sec-filings/FIN5.train.txt', peer: 91.2, epochs: 12, seeds: [42, 43], fromScratch: 91.7 },
  {
    name: 'Wikigold',
    path: 'ner/wikigold/wikigold.conll.txt',
    peer: 72,
    epochs: 6,
    seeds: [42],
    fromScratch: 78.36,
    testRows: wikigoldRows,
  },
  { name: 'WNUT17', path: 'ner/wnut17', peer: 22.7, epochs: 4, seeds: [42], fromScratch: 34.03 },
];
const MARGIN = 2;
const HINDI = 'ner/hiner-validation/original.validation.conll.gz';
/** spaCy's words per CPU-second, its fastest. */
const PEER_WORDS = 17_000;
const SEED = 42;

async function readSet(
  context: BenchmarkContext,
  set: Pick<EntitySet, 'path' | 'testRows'>,
): Promise<DividedSet | null> {
  const path = join(context.dataFolder, set.path);
  if (!existsSync(path)) return null;
  const testRows = set.testRows?.(context) ?? null;
  if (testRows === null) return readDivided(path, model.fileFormats);
  const { format, table } = await readDataFile(path, model.fileFormats);
  const all = [...Array(table.rowCount).keys()];
  const part = (isTest: boolean): TrainingData => {
    const rows = all.filter((row) => testRows.has(row) === isTest);
    return { schema: format.schema, table: selectRows(table, rows) };
  };
  return { train: part(false), holdout: part(true) };
}

interface Measured {
  readonly f1: number;
  readonly trainSeconds: number;
}

interface Training {
  readonly params: object;
  readonly encoder: EncoderFiles | null;
  readonly seed?: number;
}

async function measure({ train, holdout }: DividedSet, { params, encoder, seed = SEED }: Training): Promise<Measured> {
  const context = trainingContext(seed, { encoder: () => Promise.resolve(encoder) });
  const trained = await cpuOf(() => model.train(context, train, model.params.parse(params)));
  const predictor = await model.predictor(trained.value);
  const scored = await model.score(predictor, holdout, context);
  await predictor.close();
  const { metrics } = model.evaluate(scored, holdout, context);
  return { f1: 100 * measuredValue(metrics[0]!), trainSeconds: trained.seconds };
}

const missing = ({ onProgress }: BenchmarkContext, what: string): BenchmarkRow[] => {
  onProgress(`${what}: the data set is not there, left out`);
  return [];
};

async function runSet(context: BenchmarkContext, set: EntitySet): Promise<BenchmarkRow[]> {
  const divided = await readSet(context, set);
  if (!divided) return missing(context, set.name);
  context.onProgress(`${set.name}: from scratch`);
  const { f1, trainSeconds } = await measure(divided, { params: {}, encoder: null });
  const name = `entities ${set.name}`;
  return [
    benchmarkRow({
      name: `${name}, from scratch, F1`,
      value: f1,
      unit: '%',
      target: { atLeast: set.peer + MARGIN },
    }),
    benchmarkRow({ name: `${name}, training`, value: trainSeconds, unit: 'CPU-s' }),
  ];
}

/** MiniLM's, chosen with the epochs on a fifth of the training parts of NLU++, FIN5 and Wikigold. */
const TUNED = { engine: 'fine-tuned', batchSize: 16, learningRate: 2e-4 } as const;

async function readEncoder({ onProgress }: BenchmarkContext): Promise<EncoderFiles | null> {
  const encoder = await readConfiguredEncoder();
  if (encoder === null) onProgress('entities by encoder: ENCODER_PATH names no folder, left out');
  return encoder;
}

/** Mean and single seeds where there are several; the target of the encoder is the score from scratch of this run, else that of the table. */
function encoderRows(
  set: EntitySet,
  found: ReadonlyMap<number, Measured>,
  target: { atLeast: number },
): BenchmarkRow[] {
  const name = `entities ${set.name}, fine-tuned`;
  const runs = [...found.values()];
  const over = `${runs.length > 1 ? 'mean of seeds' : 'seed'} ${[...found.keys()].join(', ')}`;
  const score = (of: string, value: number) => ({ name: `${name}, ${of}: F1`, value, unit: '%' });
  const single =
    runs.length > 1 ? [...found].map(([seed, { f1 }]) => benchmarkRow({ ...score(`seed ${seed}`, f1) })) : [];
  const seconds = Math.max(...runs.map(({ trainSeconds }) => trainSeconds));
  return [
    benchmarkRow({ ...score(over, mean(runs.map(({ f1 }) => f1))), target }),
    ...single,
    benchmarkRow({ name: `${name}, training`, value: seconds, unit: 'CPU-s' }),
  ];
}

async function runEncoder(
  context: BenchmarkContext,
  set: EntitySet,
  fromScratch: number | undefined,
): Promise<BenchmarkRow[]> {
  const seeds = set.seeds.filter((seed) => context.wants(`ner-encoder ${set.name} seed ${seed}`));
  if (seeds.length === 0) return [];
  const encoder = await readEncoder(context);
  if (!encoder) return [];
  const divided = await readSet(context, set);
  if (!divided) return missing(context, set.name);
  const found = new Map<number, Measured>();
  for (const seed of seeds) {
    context.onProgress(`${set.name}: fine-tuned encoder, seed ${seed}`);
    found.set(seed, await measure(divided, { params: { ...TUNED, epochs: set.epochs }, encoder, seed }));
  }
  return encoderRows(set, found, { atLeast: fromScratch ?? set.fromScratch });
}

/** Sentences learned from in the Hindi set; all of them take minutes. */
const HINDI_ROWS = 3000;

const firstRows = ({ schema, table }: TrainingData, rows: number): TrainingData => ({
  schema,
  table: selectRows(table, [...Array(Math.min(rows, table.rowCount)).keys()]),
});

async function runLanguages(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const divided = await readSet(context, { path: HINDI });
  if (!divided) return missing(context, 'HiNER');
  const native = { ...divided, train: firstRows(divided.train, HINDI_ROWS) };
  const latin = { train: inLatinLetters(native.train), holdout: inLatinLetters(native.holdout) };
  const rows: BenchmarkRow[] = [];
  for (const [script, parts] of [
    ['Devanagari', native],
    ['Latin letters', latin],
  ] as const) {
    context.onProgress(`Hindi in ${script}: from scratch`);
    const { f1, trainSeconds } = await measure(parts, { params: {}, encoder: null });
    const name = `entities Hindi in ${script} (HiNER, ${HINDI_ROWS} sentences), from scratch`;
    rows.push(
      benchmarkRow({ name: `${name}, F1`, value: f1, unit: '%' }),
      benchmarkRow({ name: `${name}, training`, value: trainSeconds, unit: 'CPU-s' }),
    );
  }
  return rows;
}

const wordCount = ({ table }: { table: Table }): number =>
  textColumn(table, 'text').reduce((sum, text) => sum + tokenise(text ?? '', 'spaces').length, 0);

/** The predictor on texts it has not seen, values and links included. */
async function runThroughput(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const divided = await readSet(context, sets[1]!);
  if (!divided) return missing(context, 'throughput');
  context.onProgress('words a CPU-second');
  const params = model.params.parse({ swaps: 0, folds: 2 });
  const predictor = await model.predictor(await model.train(trainingContext(SEED), divided.train, params));
  const inputs = textColumn(divided.holdout.table, 'text').map((text) => ({ text: text ?? '' }));
  await predictor.predict(inputs.slice(0, 20));
  let best = Infinity;
  for (let run = 0; run < 3; run++) {
    const { seconds } = await cpuOf(() => predictor.predict(inputs));
    best = Math.min(best, seconds);
  }
  await predictor.close();
  const value = wordCount(divided.holdout) / best;
  return [
    benchmarkRow({
      name: 'entities FIN5, from scratch, throughput',
      value,
      unit: 'words/CPU-s',
      target: { atLeast: 2 * PEER_WORDS },
    }),
  ];
}

/** Sections `ner-scratch`, `ner-encoder`, `ner-languages`, `ner-throughput`. */
export async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  // `--only 'ner-scratch FIN5'` takes one set, `--only 'ner-encoder FIN5 seed 43'` one set and seed.
  for (const set of sets) {
    const scratch = context.wants(`ner-scratch ${set.name}`) ? await runSet(context, set) : [];
    rows.push(...scratch, ...(await runEncoder(context, set, scratch[0]?.value)));
  }
  if (context.wants('ner-throughput')) rows.push(...(await runThroughput(context)));
  if (context.wants('ner-languages')) rows.push(...(await runLanguages(context)));
  return rows;
}
