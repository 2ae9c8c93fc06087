import { acceptUnsigned } from '../tests/support/accept-unsigned.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnSpec, TrainingData } from '../contracts/dataset.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import type { Column } from '../contracts/table.js';
import { createMemoryStore } from '../feature-store/online/memory-store.js';
import { createRandom } from '../learning/numeric/random/index.js';
import { findModel } from '../models/catalogue.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import { type DataVersion, loadArtefact, storeArtefact } from '../registry/artefacts.js';
import { trainContext } from '../tests/support/check-model.js';
import { predict } from './predict.js';
import { knownSchemaOf, predictByReference } from './predict-by-reference.js';
import { createPredictorPool } from './predictor-pool.js';
import { requireRequestFeatures } from './request-features.js';

const MODEL = 'credit-risk-scorer';
const NOW = Date.UTC(2026, 0, 10);
const known = { kind: 'home', requestedAmount: 500_000, termMonths: 60, declaredMonthlyIncome: 40_000 };
const folder = mkdtempSync(join(tmpdir(), 'ml-reference-'));
const blobs = createFileBlobStore(folder);
const predictors = createPredictorPool({ blobs, findModel, requireSigned: acceptUnsigned });
const onlineStore = createMemoryStore(null);
let registry: ModelRegistry;
let modelArtefact: string;

const model = await findModel(MODEL);
const requestFeatures = requireRequestFeatures(model);
const { definitionVersion } = model;
const { schema } = model.backend;

const random = createRandom(3);

function inventedColumn({ type, categories = [] }: ColumnSpec, rows: number): Column {
  const row = (_: unknown, i: number): string => categories[i % categories.length] ?? `${i}`;
  if (type === 'category' || type === 'text') return { kind: 'text', values: Array.from({ length: rows }, row) };
  const number = (): number => (type === 'flag' ? random.integer(2) : random.uniform());
  return { kind: type === 'timestamp' ? 'timestamp' : 'number', values: Float64Array.from({ length: rows }, number) };
}

/** Invented rows in the shape of the backend's line. */
function inventedRows(rowCount: number): TrainingData {
  const columns = schema.columns.map((spec) => [spec.name, inventedColumn(spec, rowCount)] as const);
  return { schema, table: { rowCount, columns: Object.fromEntries(columns) } };
}

const storedFeatures = requestFeatures.views.map((view) => ({
  view,
  features: Float64Array.from(view.fields, (_, i) => (i % 5 === 0 ? NaN : i / 70)),
}));

beforeAll(async () => {
  const params = model.params.parse({ nEstimators: 5, maxDepth: 2, minimumKnownShare: 0.5 });
  const files = await model.train(trainContext(), inventedRows(200), params);
  const content = { modelName: MODEL, definitionVersion, line: 'synthetic', signatureHash: 'a'.repeat(64), files };
  const { artefactHash } = await storeArtefact(blobs, content);
  modelArtefact = artefactHash;
  const origin = { kind: 'snapshot', snapshotHash: 'b'.repeat(64) };
  const champion = { modelName: MODEL, version: '1.0.0', stage: 'production', artefactHash, dataset: { origin } };
  registry = { findChampion: async () => champion as unknown as VersionRecord } as unknown as ModelRegistry;
  for (const { view, features } of storedFeatures) {
    const value = { viewVersion: view.version, eventTime: NOW - 1000, features };
    await onlineStore.put('generated', view.name, new Map([['u1', value]]), 3600);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (change: object = {}, now = NOW) => {
  const services = { registry, predictors, onlineStore };
  return predictByReference(
    { services, modelName: MODEL, line: 'synthetic', entityId: 'u1', known: [known], ...change },
    now,
  );
};

describe('predictByReference', () => {
  it('judges the age of what it read by event time, at the moment of the request', async () => {
    const after = (days: number) => ask({}, NOW + days * 86_400_000);
    const [fresh, stale] = [await after(7), await after(60)];
    expect(fresh).toMatchObject({ stale: false, asOf: '2026-01-09T23:59:59.000Z' });
    expect(stale).toMatchObject({ stale: true, asOf: fresh.asOf, outputs: fresh.outputs });
    expect(stale.features.map((view) => view.stale)).toEqual(stale.features.map(() => true));
  });

  it('gives the output of the same features sent by the caller, and their as-of moments', async () => {
    const { source, features, states, asOf, stale, outputs, coverage } = await ask();
    expect({ source, states, asOf, stale }).toEqual({
      source: 'generated',
      states: [],
      asOf: '2026-01-09T23:59:59.000Z',
      stale: false,
    });
    expect(coverage![0]).toMatchObject({ inputs: 69, fewestKnown: 35, abstained: false });
    expect(coverage![0]!.missing).toEqual(expect.arrayContaining(['employment', 'collateralValue', 'loanToValue']));
    expect(coverage![0]!.missing).not.toContain('emiToIncome');
    expect(features.map(({ view, asOf, stale }) => [view, asOf, stale])).toEqual(
      requestFeatures.views.map(({ name }) => [name, '2026-01-09T23:59:59.000Z', false]),
    );
    const entries = storedFeatures.flatMap(({ view, features: values }) =>
      view.fields.map(({ name }, i) => [name, Number.isNaN(values[i]) ? null : values[i]!] as const),
    );
    const input = requestFeatures.inputOf({
      customerId: 'u1',
      features: Object.fromEntries(entries),
      known: requestFeatures.known.parse(known),
      states: {},
      asOf: NOW,
    });
    const sent = await predict({
      services: { registry, predictors },
      modelName: MODEL,
      line: 'synthetic',
      inputs: [input],
    });
    expect(outputs).toEqual(sent.outputs);
  });

  it('answers and explains several requests about one entity', async () => {
    const { outputs, explanations } = await ask({ known: [known, { ...known, termMonths: 120 }], explain: true });
    expect([outputs.length, explanations?.length]).toEqual([2, 2]);
  });

  it.each([
    [{ entityId: 'u2' }, 'ENTITY_NOT_FOUND', /in source generated/],
    [{ known: [{ ...known, termMonths: 'long' }] }, 'INVALID_INPUT', /^termMonths: /],
    [{ known: [{ ...known, savingsRate: 1 }] }, 'INVALID_INPUT', /savingsRate/],
    [{ source: 'berka' }, 'INVALID_INPUT', /berka does not feed the line synthetic/],
    [{ line: 'berka' }, 'ENTITY_NOT_FOUND', /in source berka/],
    [{ modelName: 'financial-ner' }, 'INVALID_INPUT', /reads no stored features/],
    [{ modelName: 'tea-leaves' }, 'UNKNOWN_MODEL', /tea-leaves/],
  ])('refuses %j with %s', async (change, code, message) => {
    await expect(ask(change)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});

describe('versions of views', () => {
  const askWith = async (reads: readonly DataVersion[] | undefined) => {
    const { files } = await loadArtefact(blobs, modelArtefact);
    const content = { modelName: MODEL, definitionVersion, line: 'default', signatureHash: 'a'.repeat(64), files };
    const { artefactHash } = await storeArtefact(blobs, { ...content, ...(reads === undefined ? {} : { reads }) });
    const version = { ...(await registry.findChampion(MODEL, 'default'))!, artefactHash };
    const other = { findChampion: async () => version } as unknown as ModelRegistry;
    return ask({ services: { registry: other, predictors, onlineStore } });
  };
  const trained = requestFeatures.views.map(({ name, version }) => ({ kind: 'feature-view' as const, name, version }));

  it('are those of the training, or were not recorded', async () => {
    expect((await askWith(trained)).outputs).toEqual((await ask()).outputs);
    expect((await askWith(undefined)).outputs).toEqual((await ask()).outputs);
  });

  it('that differ from the training are refused with both', async () => {
    const other = trained.map((read) => (read.name === 'credit-risk' ? { ...read, version: 9 } : read));
    await expect(askWith(other)).rejects.toMatchObject({
      code: 'FEATURE_VERSION_MISMATCH',
      message: 'the version was trained with version 9 of credit-risk, the running code has version 1; train it again',
    });
    await expect(askWith([])).rejects.toMatchObject({
      code: 'FEATURE_VERSION_MISMATCH',
      details: { name: 'user-financials', trained: null, served: 1 },
    });
  });
});

describe('knownSchemaOf', () => {
  it('requires what a caller must know', async () => {
    expect(await knownSchemaOf(MODEL)).toMatchObject({ required: ['kind', 'requestedAmount', 'termMonths'] });
  });
});
