import type { DatasetRef } from '../contracts/dataset.js';
import type { ReusableStep } from '../contracts/steps.js';
import { contentOfDataset, restateDataset } from '../datasets/snapshots/dataset-store.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import { restateReport } from '../datasets/validation/quality-report.js';
import { datasetSubject } from '../datasets/validation/validate-dataset.js';
import { restateFeatureSet } from '../feature-store/offline/feature-set-store.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { restateEvaluation } from '../training/evaluation-document.js';
import type { StepDeps } from './dependencies.js';
import { runJob } from './run-job.js';
import type { jobs } from './jobs.js';
import type { z } from 'zod';

type Table = typeof jobs;
type Input = Readonly<Record<string, unknown>>;
type Output<Name extends ReusableStep> = z.output<Table[Name]['output']>;

const datasetOf = (input: Input): DatasetRef => input.dataset as DatasetRef;

/** A version that learned from the run's own data set, whichever name that has. */
const withOwnDataset = (version: unknown, { hash }: DatasetRef): unknown => {
  const { datasetHash, ...named } = version as Input;
  return { ...named, datasetHash: datasetHash === hash ? 'of the run' : datasetHash };
};

/** Members of an input that name a data set, by content. */
async function contentOfReferences(blobs: BlobStore, input: Input): Promise<Input> {
  if (input.dataset === undefined) return {};
  const dataset = datasetOf(input);
  const versions = ['champion', 'repeats'].filter((name) => typeof input[name] === 'object' && input[name] !== null);
  return {
    dataset: await contentOfDataset(blobs, dataset),
    ...Object.fromEntries(versions.map((name) => [name, withOwnDataset(input[name], dataset)])),
  };
}

/** An input in which references to snapshots and data sets stand for what is in them. */
export const contentOfInput = async (blobs: BlobStore, input: Input, ofSnapshot?: object): Promise<Input> => ({
  ...input,
  ...(ofSnapshot !== undefined && { snapshotHash: ofSnapshot }),
  ...(await contentOfReferences(blobs, input)),
});

/** How a step's result names its snapshot or data set; a step that is not here names none. */
type Restatements = {
  readonly [Name in ReusableStep]?: (deps: StepDeps, input: Input, output: Output<Name>) => Promise<Output<Name>>;
};

const restatements: Restatements = {
  // Its page is drawn anew, by a process of its own.
  validateSnapshot: (deps, { snapshotHash }, quality) =>
    runJob(deps, 'restateValidation', { snapshotHash: snapshotHash as string, quality }),
  async buildFeatures({ blobs }, input, features) {
    const snapshotHash = input.snapshotHash as string;
    const { asOf } = await loadSnapshot(blobs, snapshotHash);
    return { ...features, hash: await restateFeatureSet(blobs, features.hash, { snapshotHash, asOf }) };
  },
  async prepareDataset({ blobs }, { snapshotHash }, prepared) {
    if (prepared.status !== 'ready') return prepared;
    return { ...prepared, dataset: await restateDataset(blobs, prepared.dataset, snapshotHash as string) };
  },
  async validateDataset({ blobs }, input, quality) {
    return { ...quality, reportHash: await restateReport(blobs, quality.reportHash, datasetSubject(datasetOf(input))) };
  },
  async evaluateModel({ blobs }, input, evaluated) {
    const { hash, bytes } = await restateEvaluation(blobs, evaluated.evaluationHash, datasetOf(input));
    return { ...evaluated, evaluationHash: hash, evaluationBytes: bytes };
  },
};

/** Hash of the snapshot or data set that a step reads. */
const sourceOf = ({ snapshotHash, dataset }: Input): unknown =>
  snapshotHash ?? (dataset as DatasetRef | undefined)?.hash;

/**
 * The result of a step as its own input gives it, from that of another snapshot or data set of the same content: what is
 * stored under a name of the other one gets a manifest of its own, and the rows are shared.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`, and as `runJob`.
 */
export async function restateResult<Name extends ReusableStep>(
  deps: StepDeps,
  step: Name,
  { input, earlier, output }: { readonly input: Input; readonly earlier: Input; readonly output: Output<Name> },
): Promise<Output<Name>> {
  const restate = restatements[step] as NonNullable<Restatements[Name]> | undefined;
  if (restate === undefined || sourceOf(input) === sourceOf(earlier)) return output;
  return restate(deps, input, output);
}
