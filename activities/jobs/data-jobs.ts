import { z } from 'zod';
import {
  builtStates,
  datasetPart,
  datasetPartInput,
  extractedTable,
  extractTableInput,
  featurePart,
  featurePartInput,
  featureSetRef,
  groupedRows,
  groupRowsInput,
  madeParts,
  preparedDataset,
  viewReference,
} from '../../contracts/activities.js';
import {
  type DataQuality,
  dataQuality,
  datasetRef,
  frozenHoldout,
  suspiciousLabelRules,
} from '../../contracts/dataset.js';
import { expectationFile } from '../../contracts/expectations.js';
import { contentHash, modelName, OWN_SOURCE } from '../../contracts/ids.js';
import { schemaReaction } from '../../contracts/schema-changes.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { completeHoldout, freezeHoldout } from '../../learning/evaluation/split/index.js';
import { findModel, loadCatalogue } from '../../models/catalogue.js';
import { schemaOf } from '../../training/dataset-schema.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { defineJob } from '../../platform/child-process/define-job.js';
import { stepsOf } from '../../platform/child-process/report-step.js';

/* Modules that only one job needs are imported inside it, so that a child process loads only what it uses. */

const share = z.number().min(0).max(1);

export const extractTable = defineJob({
  input: extractTableInput,
  output: extractedTable,
  async run({ runKey, table, source, asOf, chunkRows, policy, buckets, parent }, context) {
    const { backendPool, queriesFolder = null, ownPool, blobs, checkpoints, signal, onProgress } = context;
    const { extractTable: extract } = await import('../../datasets/snapshots/extract.js');
    const { tableSpecs } = await import('../../datasets/sources/backend/tables.js');
    const { changesBy } = await import('../../datasets/privacy/table-changes.js');
    const { readForgotten } = await import('../../datasets/erasure/forgotten.js');
    const spec = tableSpecs[table];
    const own = ownPool?.() ?? null;
    const extracted = await extract({
      ...(policy !== undefined && { policy: { ...policy, apply: await changesBy(policy, spec, context.keys) } }),
      ...(buckets !== undefined && { buckets }),
      ...(parent !== undefined && { parent }),
      checkpoints: { store: checkpoints, key: `extract/${runKey}/${source}/${table}` },
      source,
      asOf,
      chunkRows,
      pool: backendPool(),
      queriesFolder: source === OWN_SOURCE ? queriesFolder : null,
      feedbackPool: own,
      forgotten: own === null ? null : await readForgotten(own, source, context.keys),
      blobs,
      spec,
      signal,
      onChunk: ({ rows }) => onProgress({ stage: `extract ${table}`, done: rows, total: rows }),
    });
    const { readSourceColumns } = await import('../../datasets/sources/backend/check/source-columns.js');
    const sourceColumns = await readSourceColumns(backendPool(), table);
    return { ...extracted, ...(sourceColumns !== null && { sourceColumns }) };
  },
});

export const validateSnapshot = defineJob({
  input: z.strictObject({
    snapshotHash: contentHash,
    maxRejectedShare: share,
    /** The user's own; absent: none. */
    expectations: expectationFile.shape.tables.optional(),
    /** Blob with what was decided about rows in quarantine; null: nothing. */
    decisions: contentHash.nullable().default(null),
    /** What happens when the source's columns are not those of the snapshot before; absent: nothing. */
    schemaReaction: schemaReaction.optional(),
  }),
  output: dataQuality,
  async run({ decisions: decided, ...input }, { blobs, ...control }) {
    const { validateSnapshot: validate } = await import('../../datasets/validation/validate-snapshot.js');
    const { loadDecisions } = await import('../../datasets/quarantine/decisions.js');
    const decisions = await loadDecisions(blobs, decided);
    return withPage(
      blobs,
      input.snapshotHash,
      await validate({ ...input, blobs, decisions, onStep: stepsOf(control) }),
    );
  },
});

async function withPage(blobs: BlobStore, snapshotHash: string, quality: DataQuality): Promise<DataQuality> {
  const { renderDataReport } = await import('../../registry/data-report/data-report.js');
  const page = await renderDataReport(blobs, snapshotHash, quality);
  return { ...quality, pageHash: (await blobs.put(new TextEncoder().encode(page))).hash };
}

/** The result of a validation as it is for another snapshot with the same content. */
export const restateValidation = defineJob({
  input: z.strictObject({ snapshotHash: contentHash, quality: dataQuality }),
  output: dataQuality,
  async run({ snapshotHash, quality }, { blobs, ...control }) {
    await stepsOf(control)('report of the snapshot', 0, 1);
    const { restateValidation: restate } = await import('../../datasets/validation/reuse-validation.js');
    return withPage(blobs, snapshotHash, await restate(blobs, snapshotHash, quality));
  },
});

/** With `made`, what was built of each bucket is put together. */
export const buildFeatures = defineJob({
  input: z.strictObject({
    snapshotHash: contentHash,
    formerViews: z.array(viewReference).optional(),
    made: z.array(featurePart).optional(),
  }),
  output: featureSetRef,
  async run({ snapshotHash, formerViews, made }, { blobs, signal, onProgress }) {
    const { buildFeatureSet } = await import('../../feature-store/offline/build.js');
    const { viewsWith } = await import('../../feature-store/definitions/index.js');
    return buildFeatureSet({ blobs, snapshotHash, views: viewsWith(formerViews), signal, onProgress }, made);
  },
});

export const buildFeaturePart = defineJob({
  input: featurePartInput,
  output: featurePart,
  async run({ snapshotHash, bucket, formerViews }, { blobs, signal, onProgress }) {
    const { buildFeaturePart: build } = await import('../../feature-store/offline/build.js');
    const { viewsWith } = await import('../../feature-store/definitions/index.js');
    return build({ blobs, snapshotHash, views: viewsWith(formerViews), signal, onProgress }, bucket);
  },
});

/** The entity states of every model that declares some, from one snapshot; those of one model from its data set. */
export const buildStates = defineJob({
  input: z.union([
    z.strictObject({ snapshotHash: contentHash }),
    z.strictObject({ dataset: datasetRef }), // so that it runs in the process that has the data set in memory
  ]),
  output: builtStates,
  async run(input, context) {
    const { statesOfDataset, statesOfSnapshot } = await import('./build-states.js');
    return 'dataset' in input
      ? statesOfDataset(input.dataset, context)
      : statesOfSnapshot(input.snapshotHash, await loadCatalogue(), context);
  },
});

/** With `made`, the rows of each bucket are put together. */
export const prepareDataset = defineJob({
  input: z.strictObject({ modelName, snapshotHash: contentHash, made: madeParts.optional() }),
  output: preparedDataset,
  async run({ made, ...input }, { blobs, ...control }) {
    const { buildBackendDataset } = await import('../../feature-store/offline/training-table.js');
    const { backend } = await findModel(input.modelName);
    return buildBackendDataset({ ...input, blobs, backend, onStep: stepsOf(control) }, made);
  },
});

/** The training rows of the users of one bucket. */
export const prepareDatasetPart = defineJob({
  input: datasetPartInput,
  output: datasetPart,
  async run({ bucket, ...input }, { blobs, ...control }) {
    const { buildPart } = await import('../../feature-store/offline/training-table.js');
    const { backend } = await findModel(input.modelName);
    return buildPart({ ...input, blobs, backend, onStep: stepsOf(control) }, bucket);
  },
});

/** Columns over groups of the rows of all buckets, for a part of the groups. */
export const groupDatasetRows = defineJob({
  input: groupRowsInput,
  output: groupedRows,
  async run({ parts, modelName: name, ...part }, { blobs, ...control }) {
    const { buildGroups } = await import('../../feature-store/offline/training-table.js');
    const { backend } = await findModel(name);
    return { hash: await buildGroups({ blobs, backend, onStep: stepsOf(control) }, parts, part) };
  },
});

export const validateDataset = defineJob({
  input: z.strictObject({
    dataset: datasetRef,
    maxRejectedShare: share,
    suspiciousLabels: z.enum(suspiciousLabelRules),
  }),
  output: dataQuality,
  async run({ dataset, maxRejectedShare, ...settings }, { blobs, ...control }) {
    const { validateDataset: validate } = await import('../../datasets/validation/validate-dataset.js');
    const model = await findModel(dataset.modelName);
    const { expectations } = model;
    const schema = await schemaOf(blobs, model, dataset);
    const onStep = stepsOf(control);
    return validate({ blobs, dataset, schema, expectations, maxRejectedShare, settings, onStep });
  },
});

/** The holdout of a new line from its first data set; with `frozen` that holdout, brought up to the schema's rule. */
export const freezeLine = defineJob({
  input: z.strictObject({ dataset: datasetRef, frozen: frozenHoldout.optional() }),
  output: frozenHoldout,
  async run({ dataset, frozen }, { blobs, ...control }) {
    const model = await findModel(dataset.modelName);
    const onStep = stepsOf(control);
    await onStep('reading the training table', 0, 2);
    const { table } = await loadDataset(blobs, dataset.hash);
    await onStep('choosing the holdout', 1, 2);
    const { split } = await schemaOf(blobs, model, dataset);
    return frozen === undefined ? freezeHoldout(split, table) : completeHoldout(frozen, split, table);
  },
});
