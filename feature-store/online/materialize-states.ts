import type { EntityStateView } from '../../contracts/entity-state.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadStatePart, loadStateSet } from '../offline/state-set.js';
import { recordMaterialisation } from './materialisations.js';
import type { OnlineState, OnlineStore } from './online-store.js';
import { KEPT_SECONDS } from './retention.js';

/** States in one call of the store; limits the memory for packed values. */
const BATCH = 500;

function requireVersion(view: EntityStateView, stored: { readonly view: string; readonly version: number }): void {
  if (stored.view === view.name && stored.version === view.version) return;
  const message = `the state set has ${stored.view} version ${stored.version}, the code ${view.name} ${view.version}`;
  throw new PipelineError('CONFLICT', message, { view: view.name });
}

/**
 * Writes a state set to the online store, part by part. Idempotent, and safe in any order: states with a later moment are
 * kept.
 * @param input.hash - hash of the state set.
 * @returns number of states.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `SERVICE_UNAVAILABLE`; `CONFLICT` when
 *   the set was built by another version of the view.
 */
export async function materializeStateSet(input: {
  readonly blobs: BlobStore;
  readonly store: OnlineStore;
  readonly hash: string;
  readonly view: EntityStateView;
}): Promise<number> {
  const { blobs, store, hash, view } = input;
  const manifest = await loadStateSet(blobs, hash);
  requireVersion(view, manifest);
  const { source, asOf: eventTime, entities } = manifest;
  for (const part of manifest.parts) {
    const states = [...(await loadStatePart(blobs, part.hash))];
    for (let start = 0; start < states.length; start += BATCH) {
      const batch = states
        .slice(start, start + BATCH)
        .map(([id, state]): [string, OnlineState] => [id, { viewVersion: view.version, eventTime, state }]);
      await store.putStates(source, view.name, new Map(batch), KEPT_SECONDS);
    }
  }
  await recordMaterialisation(store, source, { view: view.name, version: view.version, eventTime, entities });
  return entities;
}
