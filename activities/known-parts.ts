import { z } from 'zod';
import type { ReusableStep, StepRecord } from '../contracts/steps.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import type { SnapshotManifest } from '../datasets/snapshots/manifest.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import type { StepDeps } from './dependencies.js';

/** Former snapshots of the source that are looked at; of a daily snapshot a weekly training needs seven. */
const FORMER_SNAPSHOTS = 32;

/** A result that is put together from parts of a snapshot's buckets. */
export interface PartsOfStep<Part> {
  readonly step: ReusableStep;
  readonly modelName: string | null;
  readonly snapshotHash: string;
  readonly buckets: readonly number[];
  /** What the part of a bucket follows from in a snapshot. */
  readonly contentOf: (manifest: SnapshotManifest) => Promise<(bucket: number) => object>;
  /** The parts that a recorded step was given; [] for one that made everything at once. */
  readonly partsIn: (input: StepRecord['input']) => readonly Part[];
  /** Blobs that a part consists of. */
  readonly blobsOf: (part: Part) => readonly string[];
}

interface FormerParts<Part> {
  readonly manifest: SnapshotManifest;
  readonly parts: readonly Part[];
}

/** The parts of the newest snapshot before this one of which the step was put together by the present code. */
async function formerParts<Part>(
  { blobs, steps, codeOf }: StepDeps,
  { step, modelName, partsIn }: PartsOfStep<Part>,
  { parent }: SnapshotManifest,
): Promise<FormerParts<Part> | null> {
  const code = codeOf(step, modelName);
  const named = modelName === null ? {} : { modelName };
  let hash = parent;
  for (let looked = 0; hash !== null && looked < FORMER_SNAPSHOTS; looked++) {
    const manifest: SnapshotManifest | null = await nullIfLost(loadSnapshot(blobs, hash));
    if (manifest === null) return null;
    const found = await steps.findByInput(step, { ...named, snapshotHash: hash });
    const parts = found?.code === code ? partsIn(found.input) : [];
    if (parts.length > 0) return { manifest, parts };
    hash = manifest.parent;
  }
  return null;
}

async function areStored({ blobs }: StepDeps, hashes: readonly string[]): Promise<boolean> {
  for (const hash of hashes) if (!(await blobs.renew(hash))) return false;
  return true;
}

/**
 * Parts of an earlier run's result whose buckets have the same content in this snapshot and that are still stored, so
 * that only the other buckets are worked on.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function knownParts<Part extends { readonly bucket: number }>(
  deps: StepDeps,
  wanted: PartsOfStep<Part>,
  manifest: SnapshotManifest,
): Promise<Part[]> {
  const former = await formerParts(deps, wanted, manifest);
  if (former === null) return [];
  const [before, now] = [await wanted.contentOf(former.manifest), await wanted.contentOf(manifest)];
  const known: Part[] = [];
  for (const part of former.parts) {
    const { bucket } = part;
    if (!wanted.buckets.includes(bucket) || hashOfJson(before(bucket)) !== hashOfJson(now(bucket))) continue;
    if (await areStored(deps, wanted.blobsOf(part))) known.push(part);
  }
  return known;
}

/** Reads what a step was given as `made`; undefined: nothing. */
export const partsReader =
  <Made>(made: z.ZodType<Made>) =>
  (input: StepRecord['input']): Made | undefined =>
    z.object({ made }).safeParse(input).data?.made;

/** An answer that names the buckets to work on, and the parts of the others. */
export const withoutKnown = <Part extends { readonly bucket: number }>(
  buckets: readonly number[],
  known: readonly Part[],
): { readonly buckets: number[]; readonly known?: readonly Part[] } => {
  const done = new Set(known.map(({ bucket }) => bucket));
  return { buckets: buckets.filter((bucket) => !done.has(bucket)), ...(known.length > 0 && { known }) };
};
