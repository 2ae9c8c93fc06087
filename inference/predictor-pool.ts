import { PipelineError } from '../contracts/errors.js';
import type { Predictor } from '../contracts/model-definition.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadArtefact } from '../registry/artefacts.js';

/** Most predictors kept open; each holds native sessions. */
export const CACHED_PREDICTORS = 8;

interface Kept {
  readonly opening: Promise<Predictor>;
  users: number;
}

const kept = new Map<string, Kept>();

/** A registered artefact: what a predictor is opened from. */
export interface ServedArtefact {
  readonly modelName: string;
  readonly artefactHash: string;
}

/**
 * Calls `work` with the predictor of an artefact, which is opened once and stays open. When there are more than
 * {@link CACHED_PREDICTORS}, the least recently used ones that are not in use are closed. A failed opening is not kept.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`; whatever `work` throws.
 */
export async function withPredictor<Result>(
  blobs: BlobStore,
  artefact: ServedArtefact,
  work: (predictor: Predictor) => Result | Promise<Result>,
): Promise<Result> {
  const entry = borrow(blobs, artefact);
  try {
    return await work(await entry.opening);
  } finally {
    entry.users -= 1;
    await closeSurplus();
  }
}

/** Moves the entry to the end: the map is ordered from the least to the most recently used. */
function borrow(blobs: BlobStore, artefact: ServedArtefact): Kept {
  const { artefactHash } = artefact;
  const entry = kept.get(artefactHash) ?? { opening: openPredictor(blobs, artefact), users: 0 };
  kept.delete(artefactHash);
  kept.set(artefactHash, entry);
  entry.users += 1;
  entry.opening.catch(() => {
    if (kept.get(artefactHash) === entry) kept.delete(artefactHash);
  });
  return entry;
}

async function openPredictor(blobs: BlobStore, { modelName, artefactHash }: ServedArtefact): Promise<Predictor> {
  const model = await findModel(modelName);
  const { files, manifest } = await loadArtefact(blobs, artefactHash);
  if (manifest.modelName === modelName) return model.predictor(files);
  throw new PipelineError('ARTEFACT_INVALID', `artefact ${artefactHash} belongs to ${manifest.modelName}`);
}

async function closeSurplus(): Promise<void> {
  const idle = [...kept].filter(([, { users }]) => users === 0);
  const surplus = idle.slice(0, Math.max(0, kept.size - CACHED_PREDICTORS));
  // All are removed before the first close is awaited: otherwise one of them could be borrowed meanwhile.
  for (const [artefactHash] of surplus) kept.delete(artefactHash);
  await Promise.all(surplus.map(async ([, { opening }]) => (await opening).close()));
}
