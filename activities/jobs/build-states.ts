import type { BuiltStates } from '../../contracts/activities.js';
import type { DatasetRef } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { momentOf, stateRowsOfSnapshot, type StateRows, whyNoRows } from '../../feature-store/offline/state-rows.js';
import { buildBucketedStateSet } from '../../feature-store/offline/state-parts.js';
import { buildStateSet } from '../../feature-store/offline/state-set.js';
import { bucketsOf } from '../../feature-store/offline/training-table.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { stepsOf } from '../../platform/child-process/report-step.js';
import { findModel } from '../../models/catalogue.js';
import type { JobContext } from '../../platform/child-process/define-job.js';
import { schemaOf } from '../../training/dataset-schema.js';

type BuildContext = Pick<JobContext, 'blobs' | 'signal' | 'onProgress'>;

async function setsOf(
  { name: modelName, states = [] }: ModelDefinition,
  rows: StateRows,
  { blobs, signal, onProgress }: BuildContext,
): Promise<BuiltStates['sets']> {
  const sets: BuiltStates['sets'] = [];
  for (const view of states) {
    const { data, source } = rows;
    const asOf = momentOf(rows, view);
    const set = await buildStateSet({ blobs, view, data, source, asOf, signal, onProgress });
    sets.push({ modelName, ...set });
  }
  return sets;
}

/** @throws whatever is not the model's own fault: outages, cancellation. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof PipelineError) || fault.code === 'CANCELLED' || fault.retryable) throw fault;
  return `${fault.code}: ${fault.message}`;
}

/** States of a snapshot of several buckets, with one bucket's rows in memory; null: of any other. */
async function bucketedSets(
  model: ModelDefinition,
  snapshotHash: string,
  context: BuildContext,
): Promise<BuiltStates['sets'] | null> {
  const { blobs } = context;
  const { name: modelName, backend, states = [] } = model;
  const manifest = await loadSnapshot(blobs, snapshotHash);
  const buckets = bucketsOf(backend, manifest);
  const { byUser } = backend;
  if (buckets === null || byUser === undefined || whyNoRows(model, manifest) !== null) return null;
  const build = { blobs, snapshotHash, manifest, backend: { ...backend, byUser }, onStep: stepsOf(context) };
  const sets: BuiltStates['sets'] = [];
  for (const view of states) sets.push({ modelName, ...(await buildBucketedStateSet(build, view, buckets)) });
  return sets;
}

/** One model's fault is its own remark: the states of the others are written all the same. */
async function addStatesOf(
  model: ModelDefinition,
  snapshotHash: string,
  { built, context }: { readonly built: BuiltStates; readonly context: BuildContext },
): Promise<void> {
  try {
    const bucketed = await bucketedSets(model, snapshotHash, context);
    if (bucketed !== null) {
      built.sets.push(...bucketed);
      return;
    }
    const rows = await stateRowsOfSnapshot(context.blobs, snapshotHash, model);
    if (typeof rows === 'string') built.skipped.push({ modelName: model.name, reason: rows });
    else built.sets.push(...(await setsOf(model, rows, context)));
  } catch (fault) {
    built.skipped.push({ modelName: model.name, reason: reasonOf(fault) });
  }
}

/** The states of all models from one snapshot, model by model, so that one model's rows are in memory at a time. */
export async function statesOfSnapshot(
  snapshotHash: string,
  models: readonly ModelDefinition[],
  context: BuildContext,
): Promise<BuiltStates> {
  const built: BuiltStates = { sets: [], skipped: [] };
  for (const model of models)
    if (model.states !== undefined) await addStatesOf(model, snapshotHash, { built, context });
  return built;
}

/** The states of one model from an imported data set, as of its newest row, under the name of its line. */
export async function statesOfDataset(dataset: DatasetRef, context: BuildContext): Promise<BuiltStates> {
  const model = await findModel(dataset.modelName);
  const schema = await schemaOf(context.blobs, model, dataset);
  // A table of any layout brings its features: it has no customers whose past would be kept.
  if (schema.table !== undefined) return { sets: [], skipped: [] };
  const { table } = await loadDataset(context.blobs, dataset.hash);
  const rows = { source: dataset.line, data: { schema, table }, asOf: null };
  return { sets: await setsOf(model, rows, context), skipped: [] };
}
