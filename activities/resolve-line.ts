import { lineOfSource } from '../contracts/ids.js';
import { loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { loadSnapshot } from '../datasets/snapshots/snapshot-store.js';
import type { SourceCatalog } from '../datasets/sources/catalog.js';
import { chooseSource } from '../datasets/sources/choose-source.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';

export interface LineDeps {
  readonly blobs: BlobStore;
  readonly catalog: Pick<SourceCatalog, 'active' | 'list'>;
}

/**
 * The snapshot's source, else the named one, else the active one.
 * @throws PipelineError `SOURCE_NOT_FOUND`, `DATASET_NOT_FOUND`.
 */
export async function resolveSource(
  { blobs, catalog }: LineDeps,
  { source, snapshotHash }: { readonly source: string | null; readonly snapshotHash: string | null },
): Promise<string> {
  if (snapshotHash !== null) return (await loadSnapshot(blobs, snapshotHash)).source;
  return chooseSource(catalog, source);
}

/** Where a run's rows come from, and the line that they feed. */
export interface RowLine {
  readonly line: string;
  /** Null for the rows of a file. */
  readonly source: string | null;
}

/** The line of a run: the data set's, else that of its source. */
export async function resolveLine(
  deps: LineDeps,
  from: { readonly source: string | null; readonly snapshotHash: string | null; readonly datasetHash: string | null },
): Promise<RowLine> {
  if (from.datasetHash !== null)
    return { line: (await loadDatasetRef(deps.blobs, from.datasetHash)).line, source: null };
  const source = await resolveSource(deps, from);
  return { line: lineOfSource(source), source };
}
