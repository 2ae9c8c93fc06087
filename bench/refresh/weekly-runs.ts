import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendTables, type SnapshotTables } from '../../contracts/backend.js';
import type { DatasetRef, FrozenHoldout } from '../../contracts/dataset.js';
import type { Metric } from '../../contracts/evaluation.js';
import { SYNTHETIC_LINE } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import {
  GENERATED_TIME_ZONE,
  generateCustomers,
  type GeneratorOptions,
} from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';
import { joinPointInTime } from '../../feature-store/offline/join-point-in-time.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';
import { quietContext } from '../../learning/estimator.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import type { JobContext } from '../../platform/child-process/define-job.js';
import { loadArtefact } from '../../registry/artefacts.js';
import type { Champion } from '../../training/compare-champion.js';
import { evaluateModel } from '../../training/evaluate.js';
import { type EvaluationDocument, loadEvaluation } from '../../training/evaluation-document.js';
import { fitModel } from '../../training/fit.js';
import { fitShard } from '../../training/fit-shard.js';
import { backendTable } from '../support/backend-table.js';
import { backendAsOf } from './backend-as-of.js';

const SEED = 42;

/** Generated customers `from` … `until − 1` in memory. */
export function generatedBackend(options: GeneratorOptions, from = 0): { tables: SnapshotTables; until: number } {
  const all = emptyRows();
  let [index, until] = [0, 0];
  for (const { rows, end } of generateCustomers(options)) {
    until = end;
    if (index++ < from) continue;
    for (const name of backendTables) for (const row of rows[name]) (all[name] as object[]).push(row);
  }
  return { tables: Object.fromEntries(backendTables.map((name) => [name, backendTable(name, all[name])])), until };
}

/** A version that a run of the bench has made. */
export interface TrainedVersion {
  readonly artefactHash: string;
  readonly champion: Champion;
  readonly evaluation: EvaluationDocument;
}

/** Runs the jobs of a training run in this process, without orchestrator and registry. */
export interface WeeklyRuns {
  readonly blobs: BlobStore;
  /** The model's training table at a moment. */
  tableAt(model: ModelDefinition, tables: SnapshotTables, asOf: number): Table;
  holdoutOf(model: ModelDefinition, table: Table): FrozenHoldout;
  /** @param tables - what the version learns from, and what it is judged on; the leak test holds for both. */
  run(
    model: ModelDefinition,
    tables: { readonly training: Table; readonly judging: Table },
    given: { readonly holdout: FrozenHoldout; readonly champion: Champion | null; readonly version: string },
  ): Promise<TrainedVersion>;
  /** The primary metric of a version on other customers: on all rows, under a rule by time on the newest window. */
  measure(model: ModelDefinition, artefactHash: string, table: Table): Promise<Metric>;
  close(): Promise<void>;
}

function tableAt({ backend }: ModelDefinition, tables: SnapshotTables, asOf: number): Table {
  const known = backendAsOf(tables, asOf);
  const { table } = backend.rows(known, { asOf, source: 'generated', timeZone: GENERATED_TIME_ZONE });
  const { columns, rowCount } = joinPointInTime(table, backend.views, known);
  return { rowCount, columns: Object.fromEntries(backend.schema.columns.map(({ name }) => [name, columns[name]!])) };
}

function jobContext(blobs: BlobStore): JobContext {
  const nothing = (): Promise<void> => Promise.resolve();
  const checkpoints = { load: () => Promise.resolve(null), save: nothing, remove: nothing };
  const findEncoder = () => Promise.resolve({ files: null, reason: 'no encoder in the benchmark' } as const);
  const backendPool = (): never => {
    throw new Error('the benchmark has no database');
  };
  const context = quietContext(SEED);
  return { blobs, checkpoints, findEncoder, backendPool, signal: context.signal, onProgress: () => undefined };
}

async function store(blobs: BlobStore, { name, backend }: ModelDefinition, table: Table): Promise<DatasetRef> {
  const origin = { kind: 'snapshot' as const, snapshotHash: '0'.repeat(64), source: 'generated' };
  return storeDataset(blobs, {
    table,
    schema: backend.schema,
    ref: { modelName: name, line: SYNTHETIC_LINE, origin, notes: [] },
  });
}

async function train(context: JobContext, model: ModelDefinition, dataset: DatasetRef, holdout: FrozenHoldout) {
  const params = model.params.parse({}) as Record<string, unknown>;
  const step = { runKey: 'bench', modelName: model.name, dataset, params, seed: SEED, holdout };
  const count = model.shards?.count(dataset.rows, params) ?? 0;
  const shards: string[] = [];
  for (let index = 0; index < count; index++)
    shards.push((await fitShard.run({ ...step, shard: { index, count } }, context)).hash);
  return fitModel.run({ ...step, shards, holdoutHashes: [] }, context);
}

type RunGiven = Parameters<WeeklyRuns['run']>[2];

async function runOnce(
  blobs: BlobStore,
  model: ModelDefinition,
  { training, judging }: Parameters<WeeklyRuns['run']>[1],
  { holdout, champion, version }: RunGiven,
): Promise<TrainedVersion> {
  const context = jobContext(blobs);
  const learned = await store(blobs, model, training);
  const { artefactHash, signatureHash, definitionHash, trainingRowsHash } = await train(
    context,
    model,
    learned,
    holdout,
  );
  const dataset = await store(blobs, model, judging);
  const step = { runKey: 'bench', modelName: model.name, dataset, seed: SEED, holdoutHashes: [], reason: null };
  const { evaluationHash } = await evaluateModel.run(
    { ...step, artefactHash, definitionHash, trainingRowsHash, holdout, champion },
    context,
  );
  const hashes = { signatureHash, definitionHash, datasetHash: dataset.hash, artefactHash, evaluationHash };
  return { artefactHash, champion: { version, ...hashes }, evaluation: await loadEvaluation(blobs, evaluationHash) };
}

/** Without frozen groups every customer's newest rows are in the window; the earlier ones are their history. */
function judgedRows({ backend }: ModelDefinition, table: Table): Table {
  const { split } = backend.schema;
  if (split.kind !== 'time') return table;
  return splitHoldout({ kind: 'time', column: split.column, days: split.days, cut: Infinity }, table).window;
}

async function measure(blobs: BlobStore, model: ModelDefinition, artefactHash: string, table: Table): Promise<Metric> {
  const { files } = await loadArtefact(blobs, artefactHash);
  const predictor = await model.predictor(files);
  try {
    const data = { schema: model.backend.schema, table: judgedRows(model, table), history: table };
    const scored = await model.score(predictor, data, quietContext(SEED));
    return model.evaluate(scored, data, { ...quietContext(SEED), artefact: files }).metrics[0]!;
  } finally {
    await predictor.close();
  }
}

export async function openWeeklyRuns(): Promise<WeeklyRuns> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-bench-refresh-'));
  const blobs = createFileBlobStore(folder);
  return {
    blobs,
    tableAt,
    holdoutOf: ({ backend }, table) => freezeHoldout(backend.schema.split, table),
    run: (model, tables, given) => runOnce(blobs, model, tables, given),
    measure: (model, artefactHash, table) => measure(blobs, model, artefactHash, table),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
