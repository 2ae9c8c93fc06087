import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import { contentHash } from '../contracts/ids.js';
import type { ReusableStep, StepRecord } from '../contracts/steps.js';
import { readJsonBlob } from '../datasets/snapshots/json-blob.js';
import { datasetManifest, featureSetManifest, stateSetManifest } from '../datasets/snapshots/manifest.js';
import { loadSnapshot } from '../datasets/snapshots/snapshot-store.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadManifest } from '../registry/artefacts.js';
import { loadEvaluation } from './evaluation-document.js';

/* Whether everything that a result refers to is in the blob store: its manifest, which is read, and the parts that the manifest names. */

type IsStored = (blobs: BlobStore, hash: string) => Promise<boolean>;

/** What is read, or null when it is missing, damaged or something else. @throws PipelineError for an outage. */
async function nullIfUnreadable<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (fault) {
    if (fault instanceof PipelineError && !fault.retryable) return null;
    throw fault;
  }
}

/** @param partsOf - the hashes that a manifest names. */
const withParts =
  (partsOf: (blobs: BlobStore, hash: string) => Promise<readonly string[]>): IsStored =>
  async (blobs, hash) => {
    const parts = await nullIfUnreadable(partsOf(blobs, hash));
    return parts !== null && areStored(blobs, [hash, ...parts]);
  };

/** They are renewed, since who asks is about to refer to them. */
async function areStored(blobs: BlobStore, hashes: readonly string[]): Promise<boolean> {
  for (const hash of hashes) if (!(await blobs.renew(hash))) return false;
  return true;
}

/** The manifest of a snapshot and the parts of its tables. */
export const isSnapshotStored = withParts(async (blobs, hash) =>
  (await loadSnapshot(blobs, hash)).tables.flatMap(({ parts }) => parts.map((part) => part.hash)),
);
export const isDatasetStored = withParts(async (blobs, hash) => [
  (await readJsonBlob(blobs, hash, { schema: datasetManifest, what: 'dataset' })).data.hash,
]);
export const isArtefactStored = withParts(async (blobs, hash) =>
  (await loadManifest(blobs, hash)).files.map(({ sha256 }) => sha256),
);
export const isEvaluationStored = withParts(async (blobs, hash) => [(await loadEvaluation(blobs, hash)).scoredHash]);
const isFeatureSetStored = withParts(async (blobs, hash) =>
  (await readJsonBlob(blobs, hash, { schema: featureSetManifest, what: 'feature set' })).views.map((view) => view.hash),
);
const isStateSetStored = withParts(async (blobs, hash) =>
  (await readJsonBlob(blobs, hash, { schema: stateSetManifest, what: 'state set' })).parts.map((part) => part.hash),
);
const isBlobStored: IsStored = (blobs, hash) => blobs.renew(hash);

/** A result of which one field names what is stored. */
const named = (field: string, isStored: IsStored) => async (blobs: BlobStore, output: unknown) => {
  const found = contentHash.safeParse((output as Readonly<Record<string, unknown>>)[field]);
  return found.success && isStored(blobs, found.data);
};

const validated = z.object({
  reportHash: contentHash,
  pageHash: contentHash.optional(),
  accepted: z.object({ hash: contentHash }).optional(),
});
const prepared = z.object({ dataset: z.object({ hash: contentHash }).optional() });
const fitted = z.object({ artefactHash: contentHash, trainingRowsHash: contentHash.optional() });
const states = z.object({ sets: z.array(z.object({ hash: contentHash })) });

const checks: Readonly<Record<ReusableStep, (blobs: BlobStore, output: unknown) => Promise<boolean>>> = {
  async validateSnapshot(blobs, output) {
    const { reportHash, pageHash, accepted } = validated.parse(output);
    const reports = await areStored(blobs, [reportHash, ...(pageHash === undefined ? [] : [pageHash])]);
    return reports && (accepted === undefined || isSnapshotStored(blobs, accepted.hash));
  },
  buildFeatures: named('hash', isFeatureSetStored),
  async buildStates(blobs, output) {
    for (const { hash } of states.parse(output).sets) if (!(await isStateSetStored(blobs, hash))) return false;
    return true;
  },
  // A skipped model has no data set, and its reason is all there is to store.
  async prepareDataset(blobs, output) {
    const { dataset } = prepared.parse(output);
    return dataset === undefined || isDatasetStored(blobs, dataset.hash);
  },
  validateDataset: named('reportHash', isBlobStored),
  fitShard: named('hash', isBlobStored),
  async fitModel(blobs, output) {
    const { artefactHash, trainingRowsHash } = fitted.parse(output);
    const rows = trainingRowsHash === undefined ? [] : [trainingRowsHash];
    return (await isArtefactStored(blobs, artefactHash)) && areStored(blobs, rows);
  },
  evaluateModel: named('evaluationHash', isEvaluationStored),
};

/** True when the blob store holds everything that the result of a step refers to. */
export const isResultStored = (blobs: BlobStore, { step, output }: Pick<StepRecord, 'step' | 'output'>) =>
  checks[step](blobs, output);
