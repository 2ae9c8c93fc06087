import type {
  BucketedRows,
  FeatureSetRef,
  MadeParts,
  PreparedDataset,
  ViewReference,
} from '../contracts/activities.js';
import type { Reusable } from '../contracts/steps.js';
import { mapBounded } from './bounded.js';
import { dataStep } from './steps.js';

/*
 * Steps over a snapshot of several buckets. The first answer, which is recorded, says whether there are several: a
 * snapshot of one bucket is worked on by one step, as before there were buckets, so recorded runs need no patch.
 */

/** Buckets worked on at the same time, over all workers; more would only wait in the queue. */
const BUCKETS_AT_ONCE = 8;

/** Says how far a stage is. */
type Remark = (remark: string) => void;

/** Runs a step for each bucket; one that is lost is repeated alone. */
export async function eachBucket<Part>(
  buckets: readonly number[],
  remark: Remark,
  work: (bucket: number, summary: string) => Promise<Part>,
): Promise<Part[]> {
  let done = 0;
  return mapBounded(buckets, BUCKETS_AT_ONCE, async (bucket) => {
    const part = await work(bucket, bucket < 0 ? 'rows without a customer' : `bucket ${bucket}`);
    remark(`${++done} of ${buckets.length} buckets`);
    return part;
  });
}

interface FeatureRequest {
  readonly runKey: string;
  readonly snapshotHash: string;
  readonly cache: boolean;
  readonly formerViews?: ViewReference[];
}

/** The feature set of a snapshot, built bucket by bucket where it has several. */
export async function featuresOf(
  request: FeatureRequest,
  heartbeatTimeoutMs: number,
  remark: Remark,
): Promise<Reusable<FeatureSetRef>> {
  const { snapshotHash, formerViews } = request;
  const part = { snapshotHash, ...(formerViews && { formerViews }) };
  const step = dataStep('Build features', heartbeatTimeoutMs);
  const first = await step.buildFeatures({ ...request, byBucket: true });
  if (!('status' in first)) return first;
  const made = await eachBucket(first.buckets, remark, (bucket, summary) =>
    dataStep(`Build features, ${summary}`, heartbeatTimeoutMs).buildFeaturePart({ ...part, bucket }),
  );
  return (await step.buildFeatures({ ...request, made: [...(first.known ?? []), ...made] })) as Reusable<FeatureSetRef>;
}

interface RowRequest {
  readonly runKey: string;
  readonly modelName: string;
  readonly params: Record<string, unknown>;
  readonly cache: boolean;
  readonly snapshotHash: string | null;
  readonly datasetHash: string | null;
}

/** The rows of each bucket, then the columns over groups of all of them. */
async function makeParts(
  { modelName, snapshotHash }: RowRequest,
  { buckets, groupings, known = [] }: BucketedRows,
  { heartbeatTimeoutMs, remark }: { readonly heartbeatTimeoutMs: number; readonly remark: Remark },
): Promise<MadeParts> {
  const made = await eachBucket(buckets, remark, (bucket, summary) =>
    dataStep(`Select rows, ${summary}`, heartbeatTimeoutMs).prepareDatasetPart({
      ...{ modelName, bucket },
      snapshotHash: snapshotHash!,
    }),
  );
  const parts = [...known, ...made];
  const indices = Array.from({ length: groupings }, (_, index) => index);
  const grouped = await mapBounded(indices, BUCKETS_AT_ONCE, (index) =>
    dataStep(`Group rows, part ${index + 1} of ${groupings}`, heartbeatTimeoutMs).groupDatasetRows({
      ...{ modelName, parts, index },
      count: groupings,
    }),
  );
  return { parts, grouped: grouped.map(({ hash }) => hash) };
}

/** A model's training rows, made bucket by bucket where the snapshot has several. */
export async function prepareRows(
  request: RowRequest,
  heartbeatTimeoutMs: number,
  remark: Remark,
): Promise<Reusable<PreparedDataset>> {
  const step = dataStep('Select rows and features', heartbeatTimeoutMs);
  const first = await step.prepareDataset({ ...request, byBucket: true });
  if (first.status !== 'bucketed') return first;
  const made = await makeParts(request, first, { heartbeatTimeoutMs, remark });
  return (await step.prepareDataset({ ...request, made })) as Reusable<PreparedDataset>;
}
