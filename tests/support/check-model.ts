import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEFAULT_LINE, SYNTHETIC_LINE } from '../../contracts/ids.js';
import type { TrainingData } from '../../contracts/dataset.js';
import { asPipelineError, PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles, ModelDefinition, Predictor, TrainContext } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { referenceOf } from '../../contracts/feature-view.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';
import { numberColumn, selectRows, textColumn } from '../../learning/table.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { loadArtefact, storeArtefact } from '../../registry/artefacts.js';
import { usedTerms } from '../../registry/model-cards/glossary.js';
import { renderCard } from '../../registry/model-cards/render-card.js';
import { WITHOUT_CHAMPION } from '../../registry/champion-gate.js';
import { judgeGates } from '../../registry/gates.js';
import { readSample, type Sample } from '../../inference/sample.js';
import { trainArtefact } from '../../training/sample.js';
import { checkStates } from './check-states.js';

/** fixtures/check.json of a model folder: the training file, the parameters and the lowest accepted metrics. */
const checkSetting = z.strictObject({
  /** A file in `fixtures/` that one of the model's own formats reads. */
  file: z.string(),
  /** Parameters that keep the training within seconds. */
  params: z.record(z.string(), z.unknown()),
  /** Pinned floors on the fixture's holdout: a regression test, not a claim about quality. */
  floors: z.array(
    z.strictObject({ metric: z.string(), atLeast: z.number().optional(), atMost: z.number().optional() }),
  ),
});

/** Flags of `ml train`; a hyper-parameter must have another name. */
const RESERVED_FLAGS = [
  'all',
  'data-path',
  'detach',
  'from',
  'help',
  'id',
  'json',
  'param',
  'seed',
  'source',
  'snapshot',
  'update',
  'verbose',
  'version',
  'wait',
];
const TOLERANCE = 1e-5;
const SEED = 7;
/** Values that every predictor must refuse as a request. */
const NONSENSE: readonly unknown[] = [null, undefined, 42, 'text', [], [{}], true, { noSuchField: 1 }];

interface Checked {
  readonly train: TrainingData;
  readonly holdout: TrainingData;
  readonly params: unknown;
  readonly floors: z.infer<typeof checkSetting>['floors'];
  readonly files: ArtefactFiles;
  readonly predictor: Predictor;
  readonly sample: Sample;
  readonly scored: Table;
}

/** A training context without a clock or a server. */
export function trainContext(seed = SEED, signal = new AbortController().signal): TrainContext {
  let saved: Uint8Array | null = null;
  return {
    seed,
    signal,
    onProgress: () => undefined,
    checkpoint: {
      load: () => Promise.resolve(saved),
      save: (bytes) => {
        saved = bytes.slice();
        return Promise.resolve();
      },
      isDue: () => false,
    },
    champion: null,
    shards: [],
    encoder: () => Promise.resolve(null),
  };
}

const kebabCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Names of a model's parameters as command-line flags. */
export function parameterNames(model: ModelDefinition): string[] {
  const { properties } = z.toJSONSchema(model.params, { io: 'input' });
  return Object.keys(properties ?? {});
}

const digest = (files: ArtefactFiles): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
  );

/** Expects equal structure and numbers within the tolerance. */
function expectClose(found: unknown, wanted: unknown, path = 'output'): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    expect(Math.abs(found - wanted), `${path}: ${found} against ${wanted}`).toBeLessThanOrEqual(TOLERANCE);
    return;
  }
  if (typeof wanted !== 'object' || wanted === null) {
    expect(found, path).toEqual(wanted);
    return;
  }
  // An artefact's JSON is canonical: its names are sorted, an answer's are not.
  expect(Object.keys(found as object).sort(), path).toEqual(Object.keys(wanted).sort());
  for (const [name, member] of Object.entries(wanted))
    expectClose((found as Record<string, unknown>)[name], member, `${path}.${name}`);
}

function expectFinite(value: unknown, path: string): void {
  if (typeof value === 'number') expect(Number.isFinite(value), `${path} is ${value}`).toBe(true);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) expectFinite(member, `${path}.${name}`);
}

/** @returns null on success, else the error, which must be a PipelineError. */
async function typedFault(work: () => Promise<unknown>): Promise<PipelineError | null> {
  try {
    await work();
    return null;
  } catch (fault) {
    expect(fault, `wanted a PipelineError, got ${asPipelineError(fault).message}`).toBeInstanceOf(PipelineError);
    expect((fault as PipelineError).code).not.toBe('INTERNAL');
    return fault as PipelineError;
  }
}

async function prepare(model: ModelDefinition, folder: string): Promise<Checked> {
  const setting = checkSetting.parse(JSON.parse(await readFile(join(folder, 'fixtures/check.json'), 'utf8')));
  const { format, table } = await readDataFile(join(folder, 'fixtures', setting.file), model.fileFormats);
  const { schema } = format;
  const parts = splitHoldout(freezeHoldout(schema.split, table), table);
  const train = { schema, table: parts.train };
  const holdout = { schema, table: parts.holdout, history: table };
  const params = model.params.parse(setting.params);
  const { files } = await trainArtefact(model, trainContext(), train, params);
  const predictor = await model.predictor(files);
  const sample = readSample(files);
  const scored = await model.score(predictor, holdout, trainContext());
  return { train, holdout, params, floors: setting.floors, files, predictor, sample, scored };
}

function checkDefinition(model: ModelDefinition): void {
  it('is a complete definition: card facts, gates, schemas and parameters agree', () => {
    expect(Number.isInteger(model.definitionVersion) && model.definitionVersion > 0).toBe(true);
    const facts = [model.owner, model.card.purpose, model.card.intendedUsers];
    const lists = [model.card.outOfScope, model.card.limits, model.card.ethics];
    for (const text of [...facts, ...lists.flat()]) expect(text.trim().length).toBeGreaterThan(3);
    for (const list of lists) expect(list.length).toBeGreaterThan(0);
    expect(model.timeouts.trainMinutes).toBeGreaterThan(0);
    expect(model.timeouts.evaluateMinutes).toBeGreaterThan(0);
    const parameters = parameterNames(model);
    expect(model.params.safeParse({}).success, 'every parameter needs a default').toBe(true);
    for (const [name, { minimum, maximum }] of Object.entries(model.searchSpace)) {
      expect(parameters).toContain(name);
      expect(minimum, name).toBeLessThan(maximum);
      for (const bound of [minimum, maximum])
        expect(model.params.safeParse({ [name]: bound }).success, `${name}: ${bound} is searched`).toBe(true);
    }
    expect(model.params.safeParse({ noSuchParameter: 1 }).success, 'unknown parameters are refused').toBe(false);
  });

  it('names each line once, with consistent columns', () => {
    const schemas = [model.backend.schema, ...model.fileFormats.map(({ schema }) => schema)];
    expect(model.backend.schema.line).toBe('default');
    expect(new Set(schemas.map(({ line }) => line)).size).toBe(schemas.length);
    for (const schema of schemas) {
      const columns = schema.columns.map(({ name }) => name);
      const features = schema.features.map(({ name }) => name);
      expect(new Set(columns).size, `${schema.line}: a column twice`).toBe(columns.length);
      const named = [schema.key, schema.label, schema.split.column, ...features, ...(schema.protectedColumns ?? [])];
      for (const name of named) expect(columns, schema.line).toContain(name);
      expect(features, 'the label is no feature').not.toContain(schema.label);
      for (const name of schema.protectedColumns ?? []) expect(features, 'protected').not.toContain(name);
    }
    const features = model.backend.schema.features.map(({ name }) => name);
    for (const name of model.driftFeatures) expect(features).toContain(name);
  });

  it.runIf(model.requestFeatures)('reads only views and states that the pipeline materialises', () => {
    const { views, states = [] } = model.requestFeatures!;
    for (const view of views) expect(featureViews.map(referenceOf)).toContain(referenceOf(view));
    for (const { view } of states) expect(model.states).toContain(view);
  });

  it.runIf(model.requestFeatures?.views.length)('completes a request by reference to features of training rows', () => {
    const { views, known } = model.requestFeatures!;
    const stored = views.flatMap(({ fields }) => fields.map(({ name }) => name));
    const names = [...stored, ...Object.keys(z.toJSONSchema(known).properties ?? {})];
    expect(new Set(names).size, 'a feature twice').toBe(names.length);
    const features = model.backend.schema.features.map(({ name }) => name);
    for (const name of names) expect(features).toContain(name);
  });

  it.runIf(model.states)('builds states from columns of its training table', () => {
    const { columns } = model.backend.schema;
    const typeOf = (wanted: string) => columns.find(({ name }) => name === wanted)?.type;
    for (const { idColumn, timeColumn } of model.states!)
      expect([typeOf(idColumn), typeOf(timeColumn)]).toEqual(['text', 'timestamp']);
  });

  it('has parameters whose flags differ from those of `ml train`', () => {
    const flags = parameterNames(model).map(kebabCase);
    expect(new Set(flags).size).toBe(flags.length);
    for (const flag of flags) expect(RESERVED_FLAGS).not.toContain(flag);
  });
}

function checkArtefact(model: ModelDefinition, checked: () => Checked): void {
  it('trains to the same bytes with the same seed', async () => {
    const { train, params, files } = checked();
    expect(digest((await trainArtefact(model, trainContext(), train, params)).files)).toEqual(digest(files));
  });

  it('predicts the same after a round trip through the artefact store', async () => {
    const { files, sample, train } = checked();
    const folder = await mkdtemp(join(tmpdir(), 'check-model-'));
    try {
      const blobs = openBlobStore(pathToFileURL(folder).href, folder);
      const { name, definitionVersion } = model;
      const content = {
        modelName: name,
        definitionVersion,
        line: train.schema.line,
        signatureHash: '0'.repeat(64),
        files,
      };
      const { artefactHash } = await storeArtefact(blobs, content);
      const restored = await loadArtefact(blobs, artefactHash);
      expect(digest(restored.files)).toEqual(digest(files));
      const predictor = await model.predictor(restored.files);
      expectClose(await predictor.predict(sample.inputs), sample.outputs);
      await predictor.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses an artefact with a missing or malformed file', async () => {
    const { files } = checked();
    const needed = Object.keys(files).filter((name) => name !== 'sample.json');
    expect(await typedFault(() => model.predictor({}))).not.toBeNull();
    for (const name of needed) await typedFault(() => model.predictor({ ...files, [name]: new Uint8Array([1, 2, 3]) }));
  });

  it('stops when it is cancelled', async () => {
    const { train, params } = checked();
    await expect(model.train(trainContext(SEED, AbortSignal.abort()), train, params)).rejects.toThrow();
  });
}

function checkPredictor(model: ModelDefinition, checked: () => Checked): void {
  it('reproduces its sample, whose inputs and outputs match the schemas', async () => {
    const { predictor, sample } = checked();
    expect(sample.inputs.length).toBeGreaterThan(0);
    expect(sample.outputs.length).toBe(sample.inputs.length);
    const parsed = sample.inputs.map((input) => predictor.input.parse(input));
    const outputs = await predictor.predict(parsed);
    expectClose(outputs, sample.outputs);
    for (const output of outputs) expect(predictor.output.safeParse(output).success).toBe(true);
  });

  it('describes its input and output as JSON Schema, which the API and `ml predict --schema` show', () => {
    const { predictor } = checked();
    for (const schema of [predictor.input, predictor.output])
      expect(z.toJSONSchema(schema, { target: 'draft-7' })).toMatchObject({ type: 'object' });
  });

  it('predicts the same in a batch as one by one, in any order, and [] for []', async () => {
    const { predictor, sample } = checked();
    const single = [];
    for (const input of sample.inputs) single.push(...(await predictor.predict([input])));
    expectClose(single, sample.outputs);
    const reversed = await predictor.predict([...sample.inputs].reverse());
    expectClose(reversed.reverse(), sample.outputs);
    expect(await predictor.predict([])).toEqual([]);
  });

  it('explains its own prediction, if it has explanations', async () => {
    const { predictor, sample } = checked();
    if (predictor.explain === undefined) return;
    const [input] = sample.inputs;
    const { output, explanation } = await predictor.explain(predictor.input.parse(input));
    expectClose(output, sample.outputs[0]);
    expect(JSON.parse(JSON.stringify(explanation))).toBeTypeOf('object');
  });

  it('serves concurrent callers', async () => {
    const { predictor, sample } = checked();
    const answers = await Promise.all(Array.from({ length: 8 }, () => predictor.predict(sample.inputs)));
    for (const answer of answers) expectClose(answer, sample.outputs);
  });

  it('refuses malformed input', () => {
    const { predictor, sample } = checked();
    for (const nonsense of NONSENSE) expect(predictor.input.safeParse(nonsense).success).toBe(false);
    const [input] = sample.inputs as Record<string, unknown>[];
    expect(predictor.input.safeParse({ ...input, noSuchField: 1 }).success, 'a field too many').toBe(false);
    for (const name of Object.keys(input ?? {}))
      expect(predictor.input.safeParse({ ...input, [name]: { nested: [] } }).success, name).toBe(false);
  });

  it('evaluates the whole holdout: finite, JSON, the primary metric first', () => {
    const { scored, holdout } = checked();
    // A forecast is evaluated on months and days, not on rows; the baseline's table has the same rows.
    if (model.task !== 'forecasting') expect(scored.rowCount).toBe(holdout.table.rowCount);
    const evaluation = model.evaluate(scored, holdout, trainContext());
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expectFinite(evaluation, 'evaluation');
    expect(evaluation.metrics[0]?.name).toBe(model.primaryMetric);
    const primary = model.measurePrimary?.(scored, holdout, trainContext()) ?? evaluation.metrics[0];
    expect(primary).toEqual(evaluation.metrics[0]);
    // A fixture may be too easy for an interval, which the metric then says.
    expect(evaluation.metrics[0]?.interval ?? evaluation.metrics[0]?.remark).toBeDefined();
    // A fixed test may have nothing to say of the fixture's labels; its gates name the lines that it is for.
    const isOfFixedTest = ({ lines }: { readonly lines?: readonly string[] }): boolean =>
      model.fixedTest !== undefined && lines?.includes(SYNTHETIC_LINE) === true && !lines.includes(DEFAULT_LINE);
    for (const gate of model.gates)
      if (gate.kind === 'absolute' && !isOfFixedTest(gate))
        expect(evaluation.metrics.map(({ name }) => name)).toContain(gate.metric);
    expect(model.evaluate(scored, holdout, trainContext())).toEqual(evaluation);
  });

  it('reaches the pinned floors on its fixture', () => {
    const { scored, holdout, floors } = checked();
    const { metrics } = model.evaluate(scored, holdout, trainContext());
    expect(floors.length).toBeGreaterThan(0);
    for (const { metric, atLeast = -Infinity, atMost = Infinity } of floors) {
      const value = metrics.find(({ name }) => name === metric)?.value ?? NaN;
      expect(value, metric).toBeGreaterThanOrEqual(atLeast);
      expect(value, metric).toBeLessThanOrEqual(atMost);
    }
  });

  it('compares with the baseline, and shows no gain over itself', () => {
    const { scored, train, holdout } = checked();
    const baseline = model.baseline(train, holdout);
    expect(baseline.scored.rowCount).toBe(scored.rowCount);
    const comparison = model.compare(scored, baseline.scored, 'baseline', trainContext());
    expectFinite(comparison, 'comparison');
    expect(comparison.metric).toBe(model.primaryMetric);
    expect(comparison.interval.low).toBeLessThanOrEqual(comparison.difference);
    expect(comparison.interval.high).toBeGreaterThanOrEqual(comparison.difference);
    const itself = model.compare(scored, scored, 'champion', trainContext());
    expect(itself.difference).toBe(0);
    expect(itself.interval.low).toBeLessThanOrEqual(0);
  });
}

const HASH = '0'.repeat(64);
/** Bytes: a card goes by e-mail. */
const LARGEST_CARD = 400_000;

function checkCard(model: ModelDefinition, checked: () => Checked): void {
  it('renders a card with every fact, gate and plot', async () => {
    const { train, holdout, scored, params } = checked();
    const { schema } = holdout;
    const evaluation = model.evaluate(scored, holdout, trainContext());
    const baseline = model.baseline(train, holdout);
    const comparisons = [model.compare(scored, baseline.scored, 'baseline', trainContext())];
    const gates = judgeGates(model.gates, schema.line, {
      metrics: evaluation.metrics,
      comparisons,
      against: WITHOUT_CHAMPION,
    });
    const origin = { kind: 'file', fileHash: HASH, fileName: 'fixture', format: schema.line } as const;
    const rows = train.table.rowCount + holdout.table.rowCount;
    const { markdown, html } = await renderCard({
      model,
      line: schema.line,
      version: '1.0.0',
      stage: 'dev',
      decision: 'registered',
      reasons: [],
      dataset: { hash: HASH, modelName: model.name, line: schema.line, rows, origin, notes: [] },
      holdout: freezeHoldout(schema.split, holdout.table),
      trainedRows: train.table.rowCount,
      holdoutRows: holdout.table.rowCount,
      params: params as Record<string, unknown>,
      evaluation,
      baselineName: baseline.name,
      comparisons,
      gates,
      championVersion: null,
      run: {
        runKey: 'check-model',
        workflowId: 'check-model',
        seed: SEED,
        codeVersion: 'test',
        startedAt: new Date(0),
        artefactHash: HASH,
        signatureHash: HASH,
        definitionHash: HASH,
        evaluationHash: HASH,
      },
    });
    expect(markdown).toContain(model.card.purpose.slice(0, 40));
    expect(markdown).toContain(baseline.name);
    expect(html.match(/<svg/g)?.length ?? 0).toBeGreaterThanOrEqual(evaluation.plots.length);
    for (const { name } of evaluation.metrics)
      expect(usedTerms([name]), `the glossary explains ${name}`).not.toEqual([]);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(LARGEST_CARD);
    for (const { title } of evaluation.plots) expect(html).toContain(title);
    expect(html).not.toContain('<script');
  });
}

const firstRowRepeated = (column: Column): Column =>
  column.kind === 'text'
    ? { kind: 'text', values: column.values.map(() => column.values[0] ?? null) }
    : { kind: column.kind, values: column.values.map(() => column.values[0] ?? NaN) };

/** Makes every feature constant over all rows and keeps key, label and the other columns. */
function constantFeatures({ schema, table }: TrainingData): TrainingData {
  const features = new Set(schema.features.map(({ name }) => name));
  const columns = Object.entries(table.columns).map(
    ([name, column]) => [name, features.has(name) ? firstRowRepeated(column) : column] as const,
  );
  return { schema, table: { rowCount: table.rowCount, columns: Object.fromEntries(columns) } };
}

function oneClass({ schema, table }: TrainingData): TrainingData {
  const column = table.columns[schema.label];
  const labels: readonly unknown[] =
    column?.kind === 'text' ? textColumn(table, schema.label) : [...numberColumn(table, schema.label)];
  const rows = [...labels.keys()].filter((row) => labels[row] === labels[0]);
  return { schema, table: selectRows(table, rows) };
}

function checkDataFaults(model: ModelDefinition, checked: () => Checked): void {
  const fault = (data: TrainingData): Promise<PipelineError | null> =>
    typedFault(() => model.train(trainContext(), data, checked().params));
  const part = (rows: number): TrainingData => {
    const { schema, table } = checked().train;
    return { schema, table: selectRows(table, [...Array(rows).keys()]) };
  };

  it('refuses no rows, one row and three rows with a typed error', async () => {
    for (const rows of [0, 1, 3]) expect((await fault(part(rows)))?.code).toBe('TOO_FEW_ROWS');
  });

  it('trains on constant features or refuses them with a typed error', async () => {
    const data = constantFeatures(checked().train);
    if ((await fault(data)) !== null) return;
    const predictor = await model.predictor(await model.train(trainContext(), data, checked().params));
    const scored = await model.score(predictor, data, trainContext());
    for (const column of Object.values(scored.columns))
      if (column.kind !== 'text') expect([...column.values].every(Number.isFinite)).toBe(true);
    await predictor.close();
  });

  it.runIf(model.task.endsWith('classification'))('refuses a single class', async () => {
    expect((await fault(oneClass(checked().train)))?.code).toBe('SINGLE_CLASS');
  });

  it.runIf(model.task === 'regression')('trains on a constant target or refuses it with a typed error', async () => {
    const { schema, table } = checked().train;
    const label = firstRowRepeated(table.columns[schema.label]!);
    await fault({ schema, table: { ...table, columns: { ...table.columns, [schema.label]: label } } });
  });

  it('refuses a table without one of its columns', async () => {
    const { schema, table } = checked().train;
    const { [schema.label]: dropped, ...columns } = table.columns;
    expect(dropped).toBeDefined();
    const found = await fault({ schema, table: { rowCount: table.rowCount, columns } });
    expect(found?.code).toBe('MISSING_COLUMN');
  });

  it('refuses an infinite number in a feature', async () => {
    const { schema, table } = checked().train;
    const numeric = schema.features.find(({ name }) => table.columns[name]?.kind === 'number');
    if (!numeric) return;
    const values = numberColumn(table, numeric.name).slice();
    values[0] = Infinity;
    const columns = { ...table.columns, [numeric.name]: { kind: 'number' as const, values } };
    const found = await fault({ schema, table: { rowCount: table.rowCount, columns } });
    expect(found?.code).toBe('NOT_FINITE');
  });
}

/**
 * The contract of every model: models/catalogue.test.ts runs it over the whole catalogue, so a new folder
 * inherits it. Trains on `fixtures/<file>` named by `fixtures/check.json`, through the model's own file format.
 * @param folder - the model's folder, absolute.
 */
/** All rows of the fixture, training and holdout. */
const rowsOf = ({ holdout }: Checked): TrainingData => ({ schema: holdout.schema, table: holdout.history! });

export function checkModel(model: ModelDefinition, folder: string): void {
  describe(`every model: ${model.name}`, () => {
    let prepared: Checked | undefined;
    const checked = (): Checked => {
      if (!prepared) throw new Error('the fixture could not be trained');
      return prepared;
    };
    beforeAll(async () => {
      prepared = await prepare(model, folder);
    }, 120_000);
    afterAll(async () => {
      await prepared?.predictor.close();
    });
    checkDefinition(model);
    checkArtefact(model, checked);
    checkStates(model.states ?? [], () => rowsOf(checked()));
    checkPredictor(model, checked);
    checkCard(model, checked);
    checkDataFaults(model, checked);
  });
}
