import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import { calibratedProbability } from '../../learning/evaluation/calibration/calibration.js';
import { predictMargin } from '../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../learning/numeric/matrix/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { numberColumn } from '../../learning/table.js';
import { projectRoot } from '../../platform/project.js';
import { trainContext } from '../../tests/support/check-model.js';
import { readTrees } from './prediction/trees.js';
import { readJson } from '../../learning/artefact/index.js';
import { bestSingleFeature as baseline } from '../../learning/evaluation/best-single-feature.js';
import { train } from './training/train.js';
import { compareBinary as compare } from '../../learning/evaluation/binary-classification.js';
import { calibrationNotes, evaluate, score } from './evaluation/score.js';
import { expectations } from './data/expectations.js';
import { FIXTURE_ROWS, FIXTURE_SEED, fixtureCsv } from './fixtures/make-fixture.js';
import { model } from './index.js';
import { params, samplingOf, stepOf, type CreditParams } from './params.js';
import { openPredictor } from './prediction/predictor.js';
import { encodeTable, encodedWidth, preprocessing } from '../../learning/tabular/preprocessing/index.js';
import { scorecard } from './prediction/scorecard.js';

const ROWS = 240;

/** A number, a category that matters and one that does not; every tenth value is missing. */
function invented(rows: number, seed: number, flip = 0.1): TrainingData {
  const random = createRandom(seed);
  const kinds = ['home', 'gold', 'personal'];
  const draws = Array.from({ length: rows }, () => {
    const debt = random.uniform();
    const kind = kinds[random.integer(3)]!;
    const bad = debt + (kind === 'personal' ? 0.3 : 0) > 0.75 ? 1 : 0;
    const missing = random.uniform() < 0.1;
    return { debt: missing ? NaN : debt, kind: random.uniform() < 0.1 ? null : kind, noise: random.normal(), bad };
  });
  const label = draws.map(({ bad }) => (random.uniform() < flip ? 1 - bad : bad));
  const table: Table = {
    rowCount: rows,
    columns: {
      id: { kind: 'text', values: draws.map((_, i) => `row-${i}`) },
      debt: { kind: 'number', values: Float64Array.from(draws, ({ debt }) => debt) },
      noise: { kind: 'number', values: Float64Array.from(draws, ({ noise }) => noise) },
      kind: { kind: 'text', values: draws.map(({ kind }) => kind) },
      ageYears: { kind: 'number', values: Float64Array.from(draws, (_, i) => 20 + (i % 50)) },
      bad: { kind: 'number', values: Float64Array.from(label) },
    },
  };
  return {
    table,
    schema: {
      line: 'test',
      columns: [{ name: 'kind', type: 'category', categories: kinds, description: 'x' }],
      key: 'id',
      label: 'bad',
      features: [
        { name: 'debt', kind: 'numeric', description: 'x', monotone: 1 },
        { name: 'noise', kind: 'numeric', description: 'x' },
        { name: 'kind', kind: 'categorical', description: 'x' },
      ],
      protectedColumns: ['ageYears'],
      split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
      minimumRows: 1,
    },
  };
}

const withLabels = (data: TrainingData, label: (row: number) => number): TrainingData => {
  const values = Float64Array.from({ length: data.table.rowCount }, (_, row) => label(row));
  const columns = { ...data.table.columns, bad: { kind: 'number' as const, values } };
  return { schema: data.schema, table: { rowCount: data.table.rowCount, columns } };
};

const scoredTable = (truth: readonly number[], probability: readonly number[]): Table => ({
  rowCount: truth.length,
  columns: {
    truth: { kind: 'number', values: Float64Array.from(truth) },
    probability: { kind: 'number', values: Float64Array.from(probability) },
  },
});

const settings = (overrides: Partial<CreditParams> = {}): CreditParams =>
  params.parse({ nEstimators: 20, ...overrides });

describe('parameters', () => {
  it('has the documented defaults, and a learning rate of 10 / nEstimators, at most 0.3', () => {
    const recommended = { maxDepth: 3, nEstimators: 400, subsample: null, colsampleByTree: null, calibration: 'auto' };
    expect(model.params.parse({})).toMatchObject(recommended);
    expect(stepOf(params.parse({}))).toBe(0.025);
    expect(stepOf(params.parse({ maxDepth: 6, nEstimators: 100 }))).toBe(0.1);
    expect(stepOf(params.parse({ nEstimators: 5 }))).toBe(0.3);
    expect(stepOf(params.parse({ learningRate: 0.05 }))).toBe(0.05);
  });

  it.each([
    ['the recommended setting', {}, 0.7, 0.5],
    ['the trees of the specification', { maxDepth: 6, nEstimators: 100 }, 1, 1],
    ['another depth', { maxDepth: 4 }, 1, 1],
    ['another number of trees', { nEstimators: 200 }, 1, 1],
    ['rows asked for', { maxDepth: 6, nEstimators: 100, subsample: 0.8 }, 0.8, 1],
    ['columns asked for', { colsampleByTree: 0.9 }, 0.7, 0.9],
  ])('samples rows and columns: %s', (_, given, subsample, colsample) => {
    expect(samplingOf(params.parse(given))).toEqual({ subsample, colsample });
    expect(samplingOf(params.parse(params.parse(given)))).toEqual({ subsample, colsample });
  });
});

describe('training', () => {
  const data = invented(ROWS, 1);

  it.each(['beta', 'isotonic', 'none'] as const)(
    'predicts the calibrated margin of the trees with calibration %s, and unknown categories as missing',
    async (kind) => {
      const files = await train(trainContext(), data, settings({ calibration: kind }));
      const card = readJson(files, 'scorecard.json', scorecard);
      expect(card.calibration.kind).toBe(kind);
      const state = readJson(files, 'preprocessing.json', preprocessing);
      const encoded = Float64Array.from(encodeTable(state, data.table));
      const margins = predictMargin(readTrees(files), matrix(ROWS, encodedWidth(state), encoded));
      const predictor = await openPredictor(files);
      const { probability } = (await score(predictor, data, trainContext())).columns;
      expect(probability?.values).toHaveLength(ROWS);
      margins.forEach((margin, row) => {
        const wanted = calibratedProbability(card.calibration, margin);
        expect(Math.abs(wanted - (probability?.values[row] as number))).toBeLessThan(1e-5);
      });
      const [unknown, absent] = await predictor.predict([{ debt: 0.5, kind: 'yacht' }, { debt: 0.5 }]);
      expect(unknown).toEqual(absent);
      await predictor.close();
    },
  );

  it('chooses the calibration by cross-fitted log loss, and the card says which and why', async () => {
    const files = await train(trainContext(), data, settings({ maxDepth: 8, nEstimators: 60, learningRate: 0.3 }));
    const card = readJson(files, 'scorecard.json', scorecard);
    const { kind, rows, logLoss } = card.choice!;
    expect([card.calibration.kind, rows]).toEqual([kind, ROWS]);
    expect(kind).not.toBe('none'); // deep trees with large steps are overconfident
    expect(logLoss[kind]).toBeLessThan(logLoss.none);
    const [note] = calibrationNotes(card);
    expect(note).toMatch(new RegExp(`^calibration: ${kind}, chosen by .* on ${ROWS} training rows`));
    expect(note).toContain(`none ${logLoss.none.toFixed(4)}`);
    const asked = await train(trainContext(), data, settings({ calibration: 'none' }));
    expect(calibrationNotes(readJson(asked, 'scorecard.json', scorecard))).toEqual([]);
  });

  it('opens an artefact of definition 1, which has no scorecard', async () => {
    const files = await train(trainContext(), data, settings({ calibration: 'none' }));
    const old = { 'model.onnx': files['model.onnx']!, 'preprocessing.json': files['preprocessing.json']! };
    const [now, then] = await Promise.all([openPredictor(files), openPredictor(old)]);
    const input = { debt: 0.4, kind: 'home', noise: 1 };
    const [[first], [second]] = await Promise.all([now.predict([input]), then.predict([input])]);
    expect(second!.probability).toBe(first!.probability);
    await expect(then.explain(input)).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
    await Promise.all([now.close(), then.close()]);
  });

  it('keeps the prediction monotone in a constrained feature', async () => {
    const predictor = await openPredictor(await train(trainContext(), data, settings({ maxDepth: 3 })));
    const grid = Array.from({ length: 50 }, (_, i) => ({ debt: i / 50, kind: 'home', noise: 0 }));
    const answers = (await predictor.predict(grid)).map(({ probability }) => probability);
    answers.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(answers[i]! - 1e-7));
    expect(answers.at(-1)! - answers[0]!).toBeGreaterThan(0.3);
    await predictor.close();
  });

  it('reports each boosting round and stops between rounds when it is cancelled', async () => {
    const rounds: number[] = [];
    const stop = new AbortController();
    const context = {
      ...trainContext(1, stop.signal),
      onProgress: ({ done }: { done: number }) => {
        rounds.push(done);
        if (done === 5) stop.abort();
      },
    };
    await expect(train(context, data, settings())).rejects.toThrow();
    expect(Math.max(...rounds)).toBeLessThan(8);
  });

  it.each([
    ['one class', () => 0, 'SINGLE_CLASS'],
    ['a missing label', (row: number) => (row === 3 ? NaN : row % 2), 'NOT_FINITE'],
    ['a label that is neither 0 nor 1', (row: number) => (row === 3 ? 2 : row % 2), 'INVALID_VALUE'],
  ])('refuses %s', async (_case, label, code) => {
    await expect(train(trainContext(), withLabels(data, label), settings())).rejects.toMatchObject({ code });
  });
});

describe('evaluation', () => {
  const data = invented(ROWS, 2);

  it('gives the known metrics of a perfect ranking', () => {
    const truth = [...Array<number>(30).fill(0), ...Array<number>(30).fill(1)];
    const perfect = scoredTable(truth, truth);
    const { metrics, notes } = evaluate(perfect, invented(60, 6), trainContext());
    const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    expect([value('aucRoc'), value('gini'), value('ks'), value('averagePrecision')]).toEqual([1, 1, 1, 1]);
    expect(value('brier')).toBe(0);
    expect(notes.slice(0, 2)).toEqual([
      '60 held-out loans, 30 bad (50.0 %)',
      'only 30 bad loans in the holdout: the intervals are wide, read the metrics with them',
    ]);
    expect(value('expectedCalibrationError')).toBe(0);
  });

  it('slices by protected columns and age bands of at least 30 rows', () => {
    const truth = Array.from(data.table.columns.bad!.values as Float64Array);
    const { slices, plots } = evaluate(
      scoredTable(
        truth,
        truth.map((t) => 0.2 + 0.5 * t),
      ),
      data,
      trainContext(),
    );
    const names = slices.map(({ name }) => name);
    expect(names).toContain('ageYears: 26 to 35');
    expect(names).toContain('kind: gold');
    expect(names).not.toContain('kind: unknown');
    for (const { metrics } of slices) for (const { n } of metrics) expect(n).toBeGreaterThanOrEqual(30);
    const titles = ['ROC curve', 'Calibration', 'Score distribution', 'Equal approval'];
    expect(plots.map(({ title }) => title)).toEqual(titles);
  });

  it('throws SINGLE_CLASS for a holdout of one class', () => {
    expect(() => evaluate(scoredTable([1, 1], [0.1, 0.2]), data, trainContext())).toThrow(
      expect.objectContaining({ code: 'SINGLE_CLASS' }),
    );
  });

  it('uses the bootstrap when a class is small, and names the method', () => {
    const few = scoredTable([1, 1, 1, 0, 0, 0, 0], [0.9, 0.8, 0.2, 0.3, 0.1, 0.2, 0.4]);
    const comparison = compare(
      few,
      scoredTable([1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]),
      'baseline',
      trainContext(),
    );
    expect(comparison.interval.method).toContain('bootstrap');
    expect(comparison.difference).toBeCloseTo(comparison.challenger - 0.5, 12);
  });

  it('throws SHAPE_MISMATCH when two models were scored on different rows', () => {
    const [a, b] = [scoredTable([0, 1], [0.1, 0.2]), scoredTable([1, 0], [0.1, 0.2])];
    expect(() => compare(a, b, 'champion', trainContext())).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('baseline', () => {
  it('finds the best ranking feature in either direction', () => {
    const data = invented(2000, 3, 0);
    expect(baseline(data, data).name).toBe('best single feature: debt');
    const column = data.table.columns.debt!.values as Float64Array;
    const columns = { ...data.table.columns, debt: { kind: 'number' as const, values: column.map((v) => -v) } };
    const mirrored = { schema: data.schema, table: { rowCount: 2000, columns } };
    const [straight, turned] = [baseline(data, data).scored, baseline(mirrored, mirrored).scored];
    expect(compare(straight, turned, 'baseline', trainContext()).difference).toBeCloseTo(0, 9);
    const ranks = straight.columns.probability!.values as Float64Array;
    expect(Math.min(...ranks)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ranks)).toBeLessThanOrEqual(1);
  });

  it('scores a category by its rate in training, an unknown one by the overall rate', () => {
    const train = invented(500, 4);
    const only = { ...train.schema, features: train.schema.features.filter(({ name }) => name === 'kind') };
    const data = { schema: only, table: train.table };
    const found = baseline(data, data);
    expect(found.name).toBe('best single feature: kind');
    expect(new Set(numberColumn(found.scored, 'probability')).size).toBe(4);
  });
});

describe('expectations', () => {
  const failures = (data: TrainingData): (string | null)[] =>
    expectations.map((expectation) => expectation.check(data));
  const data = invented(ROWS, 5);

  it('hold for sound data and for a single class', () => {
    expect(failures(data)).toEqual([null, null, null]);
    expect(failures(withLabels(data, () => 0))).toEqual([null, null, null]);
  });

  it('find invalid labels, implausible rates and empty features', () => {
    expect(failures(withLabels(data, (row) => (row === 1 ? 2 : row % 2)))[0]).toContain('row 2');
    expect(failures(withLabels(data, (row) => (row < 5 ? 0 : 1)))[1]).toContain('wanted 0.50 % to 60.00 %');
    const empty = new Float64Array(ROWS).fill(NaN);
    const columns = {
      ...data.table.columns,
      debt: { kind: 'number' as const, values: empty },
      noise: { kind: 'number' as const, values: empty },
    };
    expect(failures({ schema: data.schema, table: { rowCount: ROWS, columns } })[2]).toContain('2 of 3 features');
  });
});

describe('fixture', () => {
  it('equals the output of its script', async () => {
    const path = join(projectRoot, 'models/credit-risk-scorer/fixtures/credit-applications.csv');
    expect(await readFile(path, 'utf8')).toBe(fixtureCsv(FIXTURE_ROWS, FIXTURE_SEED));
  });
});
