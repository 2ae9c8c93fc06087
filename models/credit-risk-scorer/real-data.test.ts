import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileFormat, TrainingData } from '../../contracts/dataset.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { rocAuc } from '../../learning/metrics/index.js';
import { foldRows, stratifiedFolds } from '../../learning/split/index.js';
import { numberColumn, selectRows } from '../../learning/table.js';
import { projectRoot } from '../../platform/project.js';
import { trainContext } from '../../tests/support/check-model.js';
import { train } from './estimator.js';
import { score } from './evaluation.js';
import { fileFormats } from './formats.js';
import { params } from './params.js';
import { openPredictor } from './predictor.js';

/** Public data beside the checkout; without it these tests are skipped. */
const folder = join(projectRoot, '../shared/data/credit');
const FOLDS = 5;

async function load(path: string): Promise<{ format: FileFormat; data: TrainingData }> {
  const { format, table } = await readDataFile(join(folder, path), fileFormats);
  return { format, data: { schema: format.schema, table } };
}

/** Mean AUC-ROC of stratified cross-validation, each fold scored through the served graph. */
async function crossValidatedAuc({ schema, table }: TrainingData, seed: number): Promise<number> {
  const labels = numberColumn(table, schema.label);
  const folds = stratifiedFolds(labels, FOLDS, seed);
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = foldRows(folds, fold);
    const part = (indices: readonly number[]): TrainingData => ({ schema, table: selectRows(table, indices) });
    const predictor = await openPredictor(await train(trainContext(seed), part(rows.train), params.parse({})));
    const scored = await score(predictor, part(rows.test), trainContext(seed));
    await predictor.close();
    sum += rocAuc(numberColumn(scored, 'truth'), numberColumn(scored, 'probability'));
  }
  return sum / FOLDS;
}

describe.skipIf(!existsSync(folder))('public credit data (needs ../shared/data/credit)', () => {
  it('reads Taiwan: 24,000 clients, 22 % bad; cross-validated AUC with the default parameters', async () => {
    const { format, data } = await load('taiwan/taiwan.csv.gz');
    expect(format.name).toBe('taiwan');
    const labels = numberColumn(data.table, 'Y');
    expect(data.table.rowCount).toBe(24_000);
    expect(labels.reduce((sum, label) => sum + label, 0) / labels.length).toBeCloseTo(0.221, 2);
    expect(await crossValidatedAuc(data, 1)).toBeGreaterThan(0.772);
  }, 180_000);

  it('reads German: 1,000 credits, 300 bad, 310 women; cross-validated AUC with the default parameters', async () => {
    const { format, data } = await load('german/german.data');
    expect(format.name).toBe('german');
    expect(data.table.rowCount).toBe(1000);
    expect(numberColumn(data.table, 'bad').reduce((sum, label) => sum + label, 0)).toBe(300);
    const sex = data.table.columns.sex?.values as readonly (string | null)[];
    expect(sex.filter((value) => value === 'female')).toHaveLength(310);
    expect(await crossValidatedAuc(data, 1)).toBeGreaterThan(0.74);
  }, 60_000);
});
