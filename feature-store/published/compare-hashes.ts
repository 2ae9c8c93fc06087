import { z } from 'zod';
import { pipelineError, type PipelineError } from '../../contracts/errors.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import { contentHash } from '../../contracts/ids.js';
import { hashesOf, type ViewHashes } from './view-hashes.js';

export const viewHashes = z.strictObject({ definition: contentHash, golden: contentHash });

/** Content of `published.json`: hashes by reference, such as `user-financials@1`. */
export const publishedFile = z.record(z.string(), viewHashes);
export type PublishedFile = z.infer<typeof publishedFile>;

const changesOf = (published: ViewHashes, found: ViewHashes): string[] => [
  ...(published.definition === found.definition ? [] : ['its fields, columns or time to live']),
  ...(published.golden === found.golden ? [] : ['the values that it computes']),
];

/** Null: they agree. */
export function findChange(view: FeatureView, published: ViewHashes, found: ViewHashes): PipelineError | null {
  const changed = changesOf(published, found);
  if (changed.length === 0) return null;
  const next = referenceOf({ ...view, version: view.version + 1 });
  return pipelineError('VIEW_CHANGED', { view: referenceOf(view), changed, next });
}

/**
 * The published hashes with those of versions that are not published yet. A version that is no longer defined keeps its
 * entry, so that it cannot come back with another meaning.
 * @throws PipelineError `VIEW_CHANGED` when a published version is defined or computed otherwise.
 */
export function publishNew(published: PublishedFile, views: readonly FeatureView[]): PublishedFile {
  const added: Record<string, ViewHashes> = {};
  for (const view of views) {
    const reference = referenceOf(view);
    const [known, found] = [published[reference], hashesOf(view)];
    const change = known === undefined ? null : findChange(view, known, found);
    if (change !== null) throw change;
    added[reference] = found;
  }
  return { ...published, ...added };
}
