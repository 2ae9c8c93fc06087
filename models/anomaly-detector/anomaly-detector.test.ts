import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { transactionContext, type PastTransaction } from '../../feature-store/definitions/transaction-context.js';
import type { AnomalyEnsembleState } from '../../learning/anomaly/anomaly-ensemble/index.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';
import { numberColumn, selectRows, textColumn, timestampColumn, withColumn } from '../../learning/table.js';
import { projectRoot } from '../../platform/project.js';
import { trainContext } from '../../tests/support/check-model.js';
import { fileNames, readDetector, readTrees, writeTrees } from './prediction/artefact.js';
import { baseline } from './evaluation/baseline.js';
import { columnNames } from './data/columns.js';
import { train } from './training/train.js';
import { compare, evaluate, score } from './evaluation/score.js';
import { FIXTURE_CUSTOMERS, FIXTURE_SEED, fixtureCsv } from './fixtures/make-fixture.js';
import { fileFormats } from './data/formats.js';
import { knownMisuse } from './training/known-misuse.js';
import { type AnomalyParams, params } from './params.js';
import { type AnomalyPredictor, openPredictor } from './prediction/predictor.js';

const fixture = join(projectRoot, 'models/anomaly-detector/fixtures/transactions.csv');
const DAY_MS = 86_400_000;

const settings = (overrides: Partial<AnomalyParams> = {}): AnomalyParams =>
  params.parse({ nEstimators: 20, boostingRounds: 12, minimumConfirmed: 20, ...overrides });

let everything: TrainingData;
let data: { readonly train: TrainingData; readonly holdout: TrainingData };
/** Trained with the settings as they are. */
let learned: ArtefactFiles;
beforeAll(async () => {
  const { format, table } = await readDataFile(fixture, fileFormats);
  const { schema } = format;
  everything = { schema, table };
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  data = { train: { schema, table: parts.train }, holdout: { schema, table: parts.holdout } };
  learned = await train(trainContext(), data.train, settings());
});

const withLabels = ({ schema, table }: TrainingData, label: (row: number) => number): TrainingData => {
  const values = Float64Array.from({ length: table.rowCount }, (_, row) => label(row));
  return { schema, table: withColumn(table, columnNames.label, { kind: 'number', values }) };
};
const unlabelled = (rows: TrainingData): TrainingData => withLabels(rows, () => Number.NaN);
const metric = (metrics: readonly { name: string; value: number | null }[], name: string): number =>
  metrics.find((each) => each.name === name)?.value ?? Number.NaN;

async function judge(files: ArtefactFiles, rows: TrainingData) {
  const predictor = await openPredictor(files);
  const scored = await score(predictor, rows, trainContext());
  await predictor.close();
  return { scored, ...evaluate(scored, rows, trainContext()) };
}

describe('fixture', () => {
  it('equals the output of its script', async () => {
    expect(await readFile(fixture, 'utf8')).toBe(fixtureCsv(FIXTURE_CUSTOMERS, FIXTURE_SEED));
  });
});

describe('training', () => {
  it('adds a supervised part once enough misuse is confirmed', async () => {
    const enough = readDetector(learned);
    expect(enough.supervised?.confirmed).toBeGreaterThanOrEqual(20);
    expect(enough.supervised?.weight).toBeCloseTo(
      enough.supervised!.confirmed / (enough.supervised!.confirmed + 25),
      12,
    );
    const few = readDetector(await train(trainContext(), data.train, settings({ minimumConfirmed: 500 })));
    expect(few.supervised).toBeNull();
  });

  it('does not read labels with feedback none', async () => {
    const quiet = settings({ feedback: 'none' });
    const flipped = withLabels(data.train, (row) => row % 2);
    const [first, second] = [
      await train(trainContext(), data.train, quiet),
      await train(trainContext(), flipped, quiet),
    ];
    expect(second).toEqual(first);
    expect(readDetector(first).encoding.signals.map(({ name }) => name)).not.toContain('counterpartyRisk7Days');
  });

  it('raises alerts for about the share of transactions given by contamination', async () => {
    const files = await train(trainContext(), data.train, settings({ feedback: 'none', contamination: 0.05 }));
    const { scored } = await judge(files, data.train);
    const alerts = numberColumn(scored, 'alert').reduce((sum, alert) => sum + alert, 0) / scored.rowCount;
    expect(alerts).toBeGreaterThan(0.045);
    expect(alerts).toBeLessThan(0.055);
  });

  it.each(['extended-isolation-forest', 'ensemble'] as const)(
    'trains with %s and updates it',
    async (detector) => {
      const chosen = settings({ detector, feedback: 'none', categoryModels: false });
      const files = await train(trainContext(), data.train, chosen);
      const { metrics } = await judge(files, data.holdout);
      expect(metric(metrics, 'aucRoc')).toBeGreaterThan(0.85);
      const updated = await train({ ...trainContext(), champion: files }, data.train, chosen);
      expect(readDetector(updated).updates).toBe(1);
    },
    60_000,
  );
});

it('trains an autoencoder that was asked for, scores with it and keeps it in an update', async () => {
  const chosen = settings({ detector: 'ensemble-with-autoencoder', feedback: 'none', categoryModels: false });
  const files = await train(trainContext(), data.train, chosen);
  const updated = await train({ ...trainContext(), champion: files }, data.train, chosen);
  for (const each of [files, updated]) {
    const { members } = readTrees(each).pooled as AnomalyEnsembleState;
    expect(members.map(({ state }) => state.kind)).toContain('autoencoder');
  }
  const { scored, metrics } = await judge(files, data.holdout);
  expect(metric(metrics, 'aucRoc')).toBeGreaterThan(0.85);
  const without = await train(trainContext(), data.train, { ...chosen, detector: 'ensemble' });
  expect((await judge(without, data.holdout)).scored).not.toEqual(scored);
}, 60_000);

it('opens and updates an ensemble whose members are no longer all fitted', async () => {
  const chosen = settings({ detector: 'ensemble', feedback: 'none', categoryModels: false });
  const files = await train(trainContext(), data.train, chosen);
  const trees = readTrees(files);
  const pooled = trees.pooled as AnomalyEnsembleState;
  const former = { center: 0, scale: 1, weight: 0.1, state: { schemaVersion: 1, kind: 'tail-score' } };
  const members = [...pooled.members, former as never];
  const earlier = { ...files, [fileNames.trees]: writeTrees({ ...trees, pooled: { ...pooled, members } }) };
  expect((await judge(earlier, data.holdout)).scored).toEqual((await judge(files, data.holdout)).scored);
  const update = (champion: ArtefactFiles) => train({ ...trainContext(), champion }, data.train, chosen);
  expect(await update(earlier)).toEqual(await update(files));
});

describe('known misuse', () => {
  const rowsOf = (overrides: Partial<AnomalyParams> = {}) => knownMisuse(data.train, settings(overrides), 1);

  it('counts misuse from the time it was known, and omits rows too new to be labelled', () => {
    const { rows, labels, confirmed } = rowsOf();
    const times = timestampColumn(data.train.table, columnNames.time);
    const knownAt = timestampColumn(data.train.table, columnNames.knownAt);
    const truth = numberColumn(data.train.table, columnNames.label);
    const end = times.reduce((a, b) => Math.max(a, b), -Infinity);
    expect(confirmed).toBe([...knownAt].filter((at) => at <= end).length);
    expect(confirmed).toBeLessThan(truth.reduce((sum, label) => sum + label, 0));
    rows.forEach((row, i) => {
      if (labels[i] === 0) expect(times[row]!).toBeLessThan(end - 7 * DAY_MS);
    });
  });

  it('weighs a dismissed alert more than an unreviewed transaction', () => {
    const { schema, table } = data.train;
    const verdicts = new Float64Array(table.rowCount).fill(Number.NaN).fill(0, 0, 10);
    const reviewed = withColumn(table, columnNames.verdict, { kind: 'number', values: verdicts });
    const { rows, weights, labels } = knownMisuse({ schema, table: reviewed }, settings(), 1);
    rows.forEach((row, i) => expect(weights[i]).toBe(row < 10 && labels[i] === 0 ? 5 : 1));
  });

  it('keeps all misuse when other rows are sampled', () => {
    const { rows, confirmed } = rowsOf({ trainingRows: 500 });
    expect(rows.length).toBe(500 + confirmed);
  });
});

describe('a file without labels', () => {
  it('trains, and is evaluated on synthetic anomalies that are equal for every model', async () => {
    const files = await train(trainContext(), unlabelled(data.train), settings());
    expect(readDetector(files).supervised).toBeNull();
    const holdout = unlabelled(data.holdout);
    const { scored, metrics, notes } = await judge(files, holdout);
    expect(metric(metrics, 'aucRoc')).toBeGreaterThan(0.8);
    expect(notes.join(' ')).toContain('every fiftieth was altered');
    const other = baseline(data.train, holdout).scored;
    expect(numberColumn(other, 'truth')).toEqual(numberColumn(scored, 'truth'));
    expect(compare(scored, other, 'baseline', trainContext()).difference).toBeGreaterThan(0);
  });

  it('omits rows without a label from the metrics where others have one', async () => {
    const truth = numberColumn(data.holdout.table, columnNames.label);
    const half = withLabels(data.holdout, (row) => (row % 2 === 0 ? truth[row]! : Number.NaN));
    const { metrics, notes } = await judge(learned, half);
    expect(metrics[0]?.n).toBe(Math.ceil(truth.length / 2));
    expect(notes.join(' ')).toContain('without a label');
  });

  it('throws SINGLE_CLASS when only honest transactions are labelled', async () => {
    const files = await train(trainContext(), data.train, settings());
    await expect(
      judge(
        files,
        withLabels(data.holdout, () => 0),
      ),
    ).rejects.toMatchObject({ code: 'SINGLE_CLASS' });
  });
});

describe('serving', () => {
  let predictor: AnomalyPredictor;
  beforeAll(async () => {
    predictor = await openPredictor(learned);
  });
  afterAll(() => predictor.close());

  const textsOf = (name: string) => textColumn(everything.table, name);
  function pastTransactions(): PastTransaction[] {
    const [times, amounts] = [
      timestampColumn(everything.table, 'bookedAt'),
      numberColumn(everything.table, columnNames.amount),
    ];
    const [customers, shops, categories] = ['customerId', 'merchant', 'category'].map(textsOf);
    const knownAt = timestampColumn(everything.table, columnNames.knownAt);
    return Array.from(times, (bookedAt, row) => ({
      customer: customers![row]!,
      counterparty: shops![row]!,
      category: categories![row]!,
      bookedAt,
      amount: amounts[row]!,
      utcOffsetHours: 0,
      misuseKnownAt: knownAt[row]!,
    }));
  }

  it('scores a transaction with its past as training scored its row', async () => {
    const history = pastTransactions();
    const iso = (time: number): string => new Date(time).toISOString();
    const rows = [...Array(data.holdout.table.rowCount).keys()].filter((row) => row % 40 === 0);
    const offline = { schema: everything.schema, table: selectRows(data.holdout.table, rows) };
    const scored = await score(predictor, offline, trainContext());
    const start = everything.table.rowCount - data.holdout.table.rowCount;
    const requests = rows.map((row) => {
      const now = history[start + row]!;
      return {
        bookedAt: iso(now.bookedAt),
        amount: now.amount,
        counterparty: now.counterparty,
        category: now.category,
        history: history
          .filter(({ customer, bookedAt }) => customer === now.customer && bookedAt < now.bookedAt)
          .map((past) => ({ ...past, bookedAt: iso(past.bookedAt) }))
          .map(({ bookedAt, amount, counterparty, category }) => ({ bookedAt, amount, counterparty, category })),
        counterpartyHistory: history
          .filter(({ counterparty, bookedAt }) => counterparty === now.counterparty && bookedAt < now.bookedAt)
          .map(({ bookedAt, misuseKnownAt }) => ({
            bookedAt: iso(bookedAt),
            misuseKnownAt: Number.isNaN(misuseKnownAt) ? null : iso(misuseKnownAt),
          })),
      };
    });
    const answers = await predictor.predict(requests.map((request) => predictor.input.parse(request)));
    const wanted = numberColumn(scored, 'score');
    answers.forEach((answer, i) => expect(Math.abs(answer.score - wanted[i]!)).toBeLessThan(1e-9));
  });

  it('names the models that contributed', async () => {
    const features = { amount: 100, night: 0 };
    const answers = await predictor.predict([
      { features, category: 'groceries' },
      { features, category: 'yachts' },
    ]);
    const models = answers.map(({ modelUsed }) => modelUsed);
    expect(models).toEqual(['pooled, with confirmed misuse', 'pooled, with confirmed misuse']);
    const own = await openPredictor(
      await train(trainContext(), data.train, settings({ minimumCategoryRows: 300, feedback: 'none' })),
    );
    const [groceries] = await own.predict([{ features, category: 'groceries' }]);
    expect(groceries?.modelUsed).toBe('groceries and pooled');
    await own.close();
  });

  it('says that a category is not known to it, and takes an empty one for none', () => {
    const asked = (category: string) => {
      const request = predictor.input.parse({ bookedAt: '2026-09-26T18:12:00+05:30', amount: -100, category });
      return { category: request.category, ...predictor.coverage!(request) };
    };
    expect(asked('yachts')).toMatchObject({ unseen: ['category'] });
    expect(asked('yachts').missing).toContain('category');
    expect(asked('groceries').missing).not.toContain('category');
    expect(asked('')).toMatchObject({ category: null, unseen: [] });
  });

  it('explains by size, merchant and hour', async () => {
    const usual = [3, 10, 17, 24].map((day) => ({
      bookedAt: `2026-09-${String(day).padStart(2, '0')}T18:05:00+05:30`,
      amount: -1000,
      counterparty: 'corner shop',
      category: 'groceries',
    }));
    const request = predictor.input.parse({
      bookedAt: '2026-09-26T03:12:00+05:30',
      amount: -9000,
      counterparty: 'elsewhere',
      category: 'groceries',
      history: usual,
    });
    const { summary, reasons, score: unusual } = (await predictor.explain(request)).explanation;
    expect(summary).toContain("amount 9× this customer's usual for groceries");
    expect(summary).toContain('first time at this merchant');
    expect(summary).toContain('03:12');
    const ordinary = { bookedAt: '2026-09-26T18:12:00+05:30', amount: -1000, counterparty: 'corner shop' };
    const [usualAnswer] = await predictor.predict([{ ...request, ...ordinary }]);
    expect(unusual).toBeGreaterThan(usualAnswer!.score);
    expect(reasons.length).toBeLessThanOrEqual(4);
    const weights = reasons.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('gives each reason once, and none about an unnamed merchant', async () => {
    const night = { bookedAt: '2026-09-26T03:12:00+05:30', amount: -9000 };
    const past = { bookedAt: '2026-09-20T18:05:00+05:30', amount: -1000, counterparty: 'shop' };
    const { explanation } = await predictor.explain(predictor.input.parse({ ...night, history: [past] }));
    const { summary } = explanation;
    expect(summary.match(/03:12/g)).toHaveLength(1);
    expect(summary).not.toContain('merchant');
  });

  it.each([
    [{}, 'amount and bookedAt'],
    [{ amount: -3 }, 'amount and bookedAt'],
    [{ amount: -3, bookedAt: 'yesterday' }, 'bookedAt'],
    [{ amount: -1e11, bookedAt: '2026-09-26T03:12:00Z' }, 'amount'],
    [{ features: { amount: 3, height: 180 } }, 'height'],
    [{ amount: -3, bookedAt: '2026-09-26T03:12:00Z', history: [{ amount: 1 }] }, 'bookedAt'],
    [
      {
        amount: -3,
        bookedAt: '2026-09-26T03:12:00Z',
        history: [
          { amount: 1, bookedAt: '2026-09-20' },
          { amount: 1, bookedAt: '2062-09-20' },
        ],
      },
      'more than a year after the transaction',
    ],
  ])('refuses %j', (request, says) => {
    const { success, error } = predictor.input.safeParse(request);
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(says);
  });
});

describe('an update', () => {
  /** From a day on, night and day change places and everything costs four times as much. */
  function moved({ schema, table }: TrainingData): TrainingData {
    const names = ['amount', 'amountToMean30Days', 'amountToCategoryMean90Days'];
    const scaled = names.reduce<Table>((made, name) => {
      const values = numberColumn(made, name).map((value) => 4 * value);
      return withColumn(made, name, { kind: 'number', values });
    }, table);
    const night = numberColumn(scaled, 'night').map((value) => 1 - value);
    return { schema, table: withColumn(scaled, 'night', { kind: 'number', values: night }) };
  }

  it('recovers 80 % of the AUC lost by a shift, and does not change the champion', async () => {
    const chosen = settings({ feedback: 'none', updateWindowRows: 1000, updateShare: 0.9 });
    const champion = await train(trainContext(), data.train, chosen);
    const copy = structuredClone(champion);
    const challenger = await train({ ...trainContext(), champion }, moved(data.train), chosen);
    expect(champion).toEqual(copy);
    const [frozen, updated] = [
      await judge(champion, moved(data.holdout)),
      await judge(challenger, moved(data.holdout)),
    ];
    const before = metric((await judge(champion, data.holdout)).metrics, 'aucRoc');
    const [lost, won] = [metric(frozen.metrics, 'aucRoc'), metric(updated.metrics, 'aucRoc')];
    expect(before - lost).toBeGreaterThan(0.1);
    expect((won - lost) / (before - lost)).toBeGreaterThan(0.8);
  });

  it('is deterministic under the seed, and grows other trees at the next update', async () => {
    const chosen = settings({ feedback: 'none' });
    const champion = await train(trainContext(), data.train, chosen);
    const again = (from: ArtefactFiles) => train({ ...trainContext(), champion: from }, data.train, chosen);
    const first = await again(champion);
    expect(await again(champion)).toEqual(first);
    expect((await again(first))['pooled.onnx']).not.toEqual(first['pooled.onnx']);
  });

  it('throws ARTEFACT_INVALID for an unreadable champion', async () => {
    const broken = { 'detector.json': new Uint8Array([1, 2, 3]) };
    await expect(train({ ...trainContext(), champion: broken }, data.train, settings())).rejects.toMatchObject({
      code: 'ARTEFACT_INVALID',
    });
  });
});

it('has the features of transactionContext in the file layout', () => {
  const describeRow = transactionContext([]);
  const first = describeRow({
    customer: 'c',
    counterparty: null,
    category: null,
    bookedAt: 0,
    amount: -5,
    utcOffsetHours: 0,
  });
  for (const { name } of everything.schema.features.filter(({ kind }) => kind === 'numeric'))
    expect(Object.keys(first)).toContain(name);
});
