import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileFormat, TrainingData } from '../../../contracts/dataset.js';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { measuredValue, rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { foldRows, freezeHoldout, splitHoldout, stratifiedFolds } from '../../../learning/evaluation/split/index.js';
import { numberColumn, selectRows } from '../../../learning/table.js';
import { projectRoot } from '../../../platform/project.js';
import { WITHOUT_CHAMPION } from '../../../registry/champion-gate.js';
import { judgeGates } from '../../../registry/gates.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { train } from './train.js';
import { evaluate, score } from '../evaluation/score.js';
import { FAIRNESS_METRIC } from '../evaluation/fairness.js';
import { fileFormats } from '../data/formats.js';
import { model } from '../index.js';
import { params, type CreditParams } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';

/** Public data beside the checkout; without it these tests are skipped. */
const folder = join(projectRoot, '../shared/data/credit');
const FOLDS = 5;

async function load(path: string): Promise<{ format: FileFormat; data: TrainingData }> {
  const { format, table } = await readDataFile(join(folder, path), fileFormats);
  return { format, data: { schema: format.schema, table } };
}

/** Mean AUC-ROC of the first of five stratified folds, scored through the served graph; `bench credit` takes all. */
async function heldOutAuc({ schema, table }: TrainingData, seed: number, count: number): Promise<number> {
  const folds = stratifiedFolds(numberColumn(table, schema.label), FOLDS, seed);
  let sum = 0;
  for (let fold = 0; fold < count; fold++) {
    const rows = foldRows(folds, fold);
    const part = (indices: readonly number[]): TrainingData => ({ schema, table: selectRows(table, indices) });
    const predictor = await openPredictor(await train(trainContext(seed), part(rows.train), params.parse({})));
    const scored = await score(predictor, part(rows.test), trainContext(seed));
    await predictor.close();
    sum += rocAuc(numberColumn(scored, 'truth'), numberColumn(scored, 'probability'));
  }
  return sum / count;
}

/** Trains outside the line's holdout and judges on it, as a run does. */
async function judgedOnHoldout({ schema, table }: TrainingData, overrides: Partial<CreditParams>) {
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  const holdout = { schema, table: parts.holdout };
  const files = await train(trainContext(), { schema, table: parts.train }, params.parse(overrides));
  const predictor = await openPredictor(files);
  const scored = await score(predictor, holdout, trainContext());
  await predictor.close();
  const evaluation = evaluate(scored, holdout, { ...trainContext(), artefact: files });
  const gates = model.gates.filter((gate) => gate.kind === 'absolute');
  const results = judgeGates(gates, schema.line, {
    metrics: evaluation.metrics,
    comparisons: [],
    against: WITHOUT_CHAMPION,
  });
  return { evaluation, fairness: results.find(({ gate }) => gate.startsWith(FAIRNESS_METRIC))! };
}

describe.skipIf(!existsSync(folder))('public credit data (needs ../shared/data/credit)', () => {
  it('reads Taiwan: 24,000 clients, 22 % bad, and ranks held-out ones with the default parameters', async () => {
    const { format, data } = await load('taiwan/taiwan.csv.gz');
    expect(format.name).toBe('taiwan');
    const labels = numberColumn(data.table, 'Y');
    expect(data.table.rowCount).toBe(24_000);
    expect(labels.reduce((sum, label) => sum + label, 0) / labels.length).toBeCloseTo(0.221, 2);
    expect(await heldOutAuc(data, 1, 1)).toBeGreaterThan(0.765);
  }, 180_000);

  it('reads German: 1,000 credits, 300 bad, 310 women, and ranks held-out ones with the default parameters', async () => {
    const { format, data } = await load('german/german.data');
    expect(format.name).toBe('german');
    expect(data.table.rowCount).toBe(1000);
    expect(numberColumn(data.table, 'bad').reduce((sum, label) => sum + label, 0)).toBe(300);
    const sex = data.table.columns.sex?.values as readonly (string | null)[];
    expect(sex.filter((value) => value === 'female')).toHaveLength(310);
    expect(await heldOutAuc(data, 1, 2)).toBeGreaterThan(0.75);
  }, 60_000);

  it('fails the fairness gate on German with protected attributes, and passes it with either mitigation', async () => {
    const { data } = await load('german/german.data');
    const included = await judgedOnHoldout(data, { includeProtected: true });
    expect(included.fairness).toMatchObject({ passed: false });
    expect(included.evaluation.notes.join('\n')).toMatch(/ageYears "up to 25" is approved 0\.\d+ times as often/);
    for (const fairness of ['reweighing', 'penalty'] as const) {
      const eased = await judgedOnHoldout(data, { includeProtected: true, fairness });
      expect(eased.fairness, fairness).toMatchObject({ passed: true });
      const auc = (found: typeof eased): number => measuredValue(found.evaluation.metrics[0]!);
      expect(auc(eased), fairness).toBeGreaterThan(auc(included) - 0.02);
    }
  }, 120_000);
});
