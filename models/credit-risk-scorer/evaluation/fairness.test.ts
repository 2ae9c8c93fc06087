import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { selectRows, withColumn } from '../../../learning/table.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { stratifiedGroupFolds } from '../training/cross-fit.js';
import { train } from '../training/train.js';
import { evaluate, score } from './score.js';
import { FAIRNESS_METRIC } from './fairness.js';
import { params, type CreditParams } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';
import { readJson } from '../../../learning/artefact/index.js';
import { tradeOff } from '../training/fairness-trade-off.js';
import { bandOf, pointsOf, scorecard } from '../prediction/scorecard.js';

/** Young applicants default more often, and one feature besides the age knows about it. */
function unequal(rows: number, seed: number): TrainingData {
  const random = createRandom(seed);
  const young = Array.from({ length: rows }, () => random.uniform() < 0.3);
  const debt = Float64Array.from(young, () => random.normal());
  const tenancy = Float64Array.from(young, (yes) => random.normal() + (yes ? 2 : 0));
  const bad = Float64Array.from(young, (yes, i) =>
    random.uniform() < 1 / (1 + Math.exp(-(1.2 * debt[i]! + (yes ? 1.3 : 0) - 1))) ? 1 : 0,
  );
  const number = (values: Float64Array) => ({ kind: 'number' as const, values });
  return {
    schema: {
      line: 'test',
      columns: [{ name: 'ageYears', type: 'number', description: 'Age in years.' }],
      key: 'id',
      label: 'bad',
      features: [
        { name: 'debt', kind: 'numeric', description: 'x' },
        { name: 'tenancy', kind: 'numeric', description: 'x' },
      ],
      protectedColumns: ['ageYears'],
      split: { kind: 'group', column: 'id', fraction: 0.3, salt: 's' },
      minimumRows: 1,
    },
    table: {
      rowCount: rows,
      columns: {
        id: { kind: 'text', values: young.map((_, i) => `${i}`) },
        debt: number(debt),
        tenancy: number(tenancy),
        ageYears: number(Float64Array.from(young, (yes) => (yes ? 22 : 45))),
        bad: number(bad),
      },
    },
  };
}

const training = unequal(900, 1);
const holdout = unequal(900, 2);

async function judged(overrides: Partial<CreditParams>) {
  const files = await train(trainContext(), training, params.parse({ nEstimators: 40, ...overrides }));
  const predictor = await openPredictor(files);
  const scored = await score(predictor, holdout, trainContext());
  await predictor.close();
  const evaluation = evaluate(scored, holdout, { ...trainContext(), artefact: files });
  const value = (name: string): number => evaluation.metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { files, evaluation, ratio: value(FAIRNESS_METRIC), auc: value('aucRoc'), psi: value('bandStabilityIndex') };
}

/** Trained once for all tests. */
const unmitigated = judged({});

describe('fairness of a trained model', () => {
  it('is below four fifths without mitigation, higher with either mitigation, and stated in the notes', async () => {
    const plain = await unmitigated;
    expect(plain.ratio).toBeLessThan(0.78);
    expect(plain.evaluation.notes.join('\n')).toMatch(
      /ageYears "up to 25" is approved 0\.\d+ times as often as "over 25"/,
    );
    const [table] = plain.evaluation.tables!;
    const [name, , , , , ratio, interval, p, rule] = table!.rows.find(([group]) => group === 'ageYears: up to 25')!;
    expect(name).toBeDefined();
    expect(Number(ratio)).toBeCloseTo(plain.ratio, 3);
    expect(interval).toMatch(/^0\.\d{3} to 0\.\d{3}$/);
    expect([p, rule]).toEqual(['< 0.001', 'adverse: below 0.8 beyond chance']);
    for (const [fairness, fairnessStrength] of [
      ['reweighing', 1],
      ['penalty', 8],
    ] as const) {
      const eased = await judged({ fairness, fairnessStrength });
      expect(eased.ratio, fairness).toBeGreaterThan(plain.ratio + 0.1);
    }
    const { points } = readJson(plain.files, 'fairness.json', tradeOff);
    expect(points.map(({ mitigation }) => mitigation)).toEqual(
      ['none', 'reweighing', 'reweighing', 'reweighing', 'penalty', 'penalty', 'penalty'],
    ); // prettier-ignore
    const [none, ...eased] = points;
    for (const { lowestRatio } of eased.slice(1)) expect(lowestRatio).toBeGreaterThan(none!.lowestRatio);
    const titles = ['Score bands', 'What moves the score (SHAP)', 'Equal approval', 'Fairness trade-off'];
    expect(plain.evaluation.plots.map(({ title }) => title)).toEqual(expect.arrayContaining(titles));
    expect(plain.psi).toBeLessThan(0.1);
  });

  it('learns from protected attributes only with includeProtected', async () => {
    const files = await train(trainContext(), training, params.parse({ nEstimators: 20, includeProtected: true }));
    const [with_, without] = await Promise.all([openPredictor(files), openPredictor((await unmitigated).files)]);
    expect(with_.features.map(({ name }) => name)).toEqual(['debt', 'tenancy', 'ageYears']);
    expect(without.features.map(({ name }) => name)).toEqual(['debt', 'tenancy']);
    const scored = await score(with_, holdout, trainContext());
    expect(scored.rowCount).toBe(900);
    await Promise.all([with_.close(), without.close()]);
  });
});

describe('declined applications', () => {
  /** The riskier half was declined and has no label. */
  function withDeclined(data: TrainingData): TrainingData {
    const debt = data.table.columns['debt']!.values as Float64Array;
    const decision = Array.from(debt, (value) => (value > 0.5 ? 'declined' : 'approved'));
    const labels = (data.table.columns['bad']!.values as Float64Array).map((bad, i) =>
      decision[i] === 'declined' ? NaN : bad,
    );
    const known = withColumn(data.table, 'bad', { kind: 'number', values: labels });
    return { ...data, table: withColumn(known, 'decision', { kind: 'text', values: decision }) };
  }
  const data = withDeclined(training);
  const settings = (overrides: Partial<CreditParams>): CreditParams => params.parse({ nEstimators: 20, ...overrides });
  const bytes = async (overrides: Partial<CreditParams>, given = data) =>
    (await train(trainContext(), given, settings(overrides)))['model.onnx']!;

  it('change the model only with reject inference', async () => {
    const approved = Array.from(data.table.columns['bad']!.values as Float64Array, (bad, i) => ({ bad, i }));
    const rows = approved.filter(({ bad }) => !Number.isNaN(bad)).map(({ i }) => i);
    const alone = { ...data, table: selectRows(data.table, rows) };
    const none = await bytes({});
    expect(await bytes({}, alone)).toEqual(none);
    const fuzzy = await bytes({ rejectInference: 'fuzzy' });
    expect(fuzzy).not.toEqual(none);
    expect(await bytes({ rejectInference: 'fuzzy' })).toEqual(fuzzy);
    expect(await bytes({ rejectInference: 'parcelling' })).not.toEqual(fuzzy);
  });

  it('are scored, and left out of every metric', async () => {
    const predictor = await openPredictor(await train(trainContext(), data, settings({})));
    const held = withDeclined(holdout);
    const scored = await score(predictor, held, trainContext());
    await predictor.close();
    const known = [...(held.table.columns['bad']!.values as Float64Array)].filter((bad) => !Number.isNaN(bad)).length;
    expect(scored.rowCount).toBe(900);
    expect(known).toBeLessThan(900);
    const { metrics } = evaluate(scored, held, trainContext());
    for (const { n } of metrics) expect(n).toBe(known);
  });
});

describe('stratifiedGroupFolds', () => {
  it('keeps all rows of a group in one fold', () => {
    const groups = Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? null : `group ${i % 90}`));
    const labels = groups.map((_, i) => (i % 7 === 0 ? 1 : 0));
    const folds = stratifiedGroupFolds(groups, labels, 5, 1);
    const foldOf = new Map<string, number>();
    groups.forEach((group, row) => {
      if (group === null) return;
      expect(foldOf.get(group) ?? folds[row]).toBe(folds[row]);
      foldOf.set(group, folds[row]!);
    });
    expect(new Set(folds).size).toBe(5);
  });
});

describe('scorecard', () => {
  it('gives 600 points at odds of 50 to 1, 20 more when the odds double, within 0 and 1000', () => {
    expect(pointsOf(-Math.log(50))).toBe(600);
    expect(pointsOf(-Math.log(100))).toBe(620);
    expect(pointsOf(100)).toBe(0);
    expect(pointsOf(-100)).toBe(1000);
  });

  it('divides the training rows into fifths, safest first, with rising bad rates', async () => {
    const { files } = await unmitigated;
    const { bands } = readJson(files, 'scorecard.json', scorecard);
    expect(bands.map(({ name }) => name).join('')).toBe('ABCDE');
    for (const { share } of bands) expect(Math.abs(share - 0.2)).toBeLessThan(0.05);
    const rates = bands.map(({ badRate }) => badRate!);
    expect(rates[4]).toBeGreaterThan(2 * rates[0]!);
    expect(bandOf(bands, bands[1]!.fromPoints)).toBe('B');
    expect(bandOf(bands, bands[1]!.fromPoints - 1)).toBe('C');
  });
});
