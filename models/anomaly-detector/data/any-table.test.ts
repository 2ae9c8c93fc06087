import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { tableSchema, type WrittenTableSchema } from '../../../contracts/table-schema.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { numberColumn, withColumn } from '../../../learning/table.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { baseline } from '../evaluation/baseline.js';
import { compare, evaluate, score } from '../evaluation/score.js';
import { params } from '../params.js';
import { readDetector } from '../prediction/artefact.js';
import { type AnomalyPredictor, openPredictor } from '../prediction/predictor.js';
import { sampleInputs } from '../training/sample.js';
import { train } from '../training/train.js';
import { anyTable } from './formats/any-table.js';

const written: WrittenTableSchema = {
  name: 'machines',
  label: 'broken',
  columns: [
    { name: 'load', kind: 'number', minimum: -100, maximum: 100, description: 'Load in kW' },
    // Called as a feature of transactions, and something else.
    { name: 'night', kind: 'number' },
    { name: 'site', kind: 'category', values: ['north', 'south', 'moon'] },
    { name: 'broken', kind: 'flag' },
  ],
};
const ROWS = 600;

/** Load and night go together, except in every twentieth row, which is broken. */
function rowsOf(seed: number): TrainingData {
  const { schema } = anyTable(tableSchema.parse(written));
  const random = createRandom(seed);
  const broken = Float64Array.from({ length: ROWS }, (_, row) => (row % 20 === 0 ? 1 : 0));
  const load = Float64Array.from(broken, (label) => random.normal() + (label === 1 ? 6 : 0));
  const night = Float64Array.from(load, (value) => value + 0.1 * random.normal());
  const site = Array.from(broken, (label) => (label === 1 && random.uniform() < 0.5 ? 'moon' : 'north'));
  const keys = Array.from(broken, (_, row) => `${row + 1}`);
  const columns = {
    load: { kind: 'number', values: load },
    night: { kind: 'number', values: night },
    site: { kind: 'text', values: site },
    broken: { kind: 'number', values: broken },
    'row number': { kind: 'text', values: keys },
  } as const;
  return { schema, table: { rowCount: ROWS, columns } };
}

const unlabelled = ({ schema, table }: TrainingData): TrainingData => ({
  schema,
  table: withColumn(table, 'broken', { kind: 'number', values: new Float64Array(ROWS).fill(NaN) }),
});
const settings = params.parse({ nEstimators: 30, boostingRounds: 20, minimumConfirmed: 20 });

describe('a table of any layout', () => {
  const [training, holdout] = [rowsOf(1), rowsOf(2)];
  let files: ArtefactFiles;
  let predictor: AnomalyPredictor;
  beforeAll(async () => {
    files = await train(trainContext(), unlabelled(training), settings);
    predictor = await openPredictor(files);
  });
  afterAll(() => predictor.close());

  it('is learned without labels, and compared with the largest deviation of one number', async () => {
    const scored = await score(predictor, holdout, trainContext());
    const { metrics, notes } = evaluate(scored, holdout, trainContext());
    expect(metrics[0]).toMatchObject({ name: 'aucRoc' });
    expect(metrics[0]!.value).toBeGreaterThan(0.95);
    expect(notes.join(' ')).toContain('600 held-out rows, 30 anomalies');
    const other = baseline(training, holdout);
    expect(other.name).toContain('largest deviation');
    expect(compare(scored, other.scored, 'baseline', trainContext()).other).toBeGreaterThan(0.9);
  });

  it('is evaluated on drawn rows where no row has a label', async () => {
    const rows = unlabelled(holdout);
    const { metrics, notes } = evaluate(await score(predictor, rows, trainContext()), rows, trainContext());
    expect(metrics[0]!.n).toBe(ROWS);
    expect(metrics[0]!.value).toBeGreaterThan(0.7);
    expect(notes.join(' ')).toContain('every fiftieth');
  });

  it('learns from labels once there are enough', async () => {
    expect(readDetector(files).supervised).toBeNull();
    const learned = await train(trainContext(), training, settings);
    expect(readDetector(learned)).toMatchObject({ supervised: { confirmed: 30 } });
    const supervised = await openPredictor(learned);
    const { metrics } = evaluate(await score(supervised, holdout, trainContext()), holdout, trainContext());
    await supervised.close();
    expect(metrics[0]!.value).toBeGreaterThan(0.97);
  });

  it('answers a flat row within the bounds and lists of the schema, and says why', async () => {
    const row = { load: 9, night: 9, site: 'moon' };
    const request = predictor.input.parse(row);
    const { output, explanation } = await predictor.explain(request);
    expect(output.isAnomaly).toBe(true);
    const { summary } = explanation as { readonly summary: string };
    expect(summary).toMatch(/Load in kW 9, above the usual -?\d/);
    expect(summary).toContain('night 9, above the usual');
    expect(predictor.coverage!(predictor.input.parse({ load: 1 }))).toMatchObject({
      missing: ['night', 'site'],
      inputs: 3,
    });
    for (const wrong of [{ load: 101 }, { site: 'mars' }, { amount: 3 }, { features: {} }])
      expect(predictor.input.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    const [ordinary] = await predictor.predict([predictor.input.parse({ load: 0, night: 0, site: 'north' })]);
    expect(ordinary!.score).toBeLessThan(output.score);
  });

  it('is the same whoever computes it: again, in a batch, and continued by an update', async () => {
    expect(await train(trainContext(), unlabelled(training), settings)).toEqual(files);
    const requests = sampleInputs(predictor, training).map((input) => predictor.input.parse(input));
    const together = await predictor.predict(requests);
    for (const [i, request] of requests.entries()) expect(await predictor.predict([request])).toEqual([together[i]]);
    const updated = await train({ ...trainContext(), champion: files }, unlabelled(holdout), settings);
    expect(readDetector(updated)).toMatchObject({ updates: 1, encoding: readDetector(files).encoding });
  });

  it('takes a word that training has not seen for rarer than any', async () => {
    const loose = { ...written, columns: written.columns.map((column) => ({ ...column, values: undefined })) };
    const { schema } = anyTable(tableSchema.parse(loose));
    const open = await openPredictor(
      await train(trainContext(), { schema, table: unlabelled(training).table }, settings),
    );
    const [seen, unseen] = await open.predict(
      ['north', 'venus'].map((site) => open.input.parse({ load: 0, night: 0, site })),
    );
    await open.close();
    expect(unseen!.score).toBeGreaterThan(seen!.score);
  });

  it('has no label, or one of two outcomes', () => {
    const columns = written.columns.filter(({ name }) => name !== 'broken');
    const format = anyTable(tableSchema.parse({ ...written, label: undefined, columns }));
    const read = format.transform!({ rowCount: 2, columns: {} });
    expect([...numberColumn(read, 'label')]).toEqual([NaN, NaN]);
    const amount = tableSchema.parse({ ...written, label: 'night' });
    expect(() => anyTable(amount)).toThrow('anomaly-detector learns which of two outcomes comes');
  });
});
