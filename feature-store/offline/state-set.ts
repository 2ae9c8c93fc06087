import type { StateSetRef } from '../../contracts/activities.js';
import type { TrainingData } from '../../contracts/dataset.js';
import type { EntityStateView } from '../../contracts/entity-state.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Table } from '../../contracts/table.js';
import { bucketOf } from '../../datasets/snapshots/buckets.js';
import { putJsonBlob, readJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { type StateSetManifest, stateSetManifest } from '../../datasets/snapshots/manifest.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { selectRows, textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** Entities in one part, on average: bounds the memory of whoever builds or reads a part. */
const ENTITIES_A_PART = 2_000;
const MOST_PARTS = 4_096;

/** Rows, view and moment of a state set, and how to follow and cancel its computation. */
export interface BuildStateSet {
  readonly blobs: BlobStore;
  readonly view: EntityStateView;
  /** Rows that the states are built from. */
  readonly data: TrainingData;
  /** Milliseconds; rows dated at or after it are left out. */
  readonly asOf: number;
  /** The data source, or the line of an imported file: the name under which the states are asked for. */
  readonly source: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

/** The smallest power of two that keeps the parts small. */
function partCount(entities: number): number {
  let parts = 1;
  while (parts < MOST_PARTS && entities > parts * ENTITIES_A_PART) parts *= 2;
  return parts;
}

/** Row numbers by part, in row order; rows that name no entity are in none. */
function rowsByPart(entityIds: readonly (string | null)[]): number[][] {
  const distinct = new Set(entityIds);
  distinct.delete(null);
  const count = partCount(distinct.size);
  const partOf = new Map<string | null, number>();
  for (const id of distinct) partOf.set(id, bucketOf(id, count));
  const parts = Array.from({ length: count }, (): number[] => []);
  entityIds.forEach((id, row) => {
    if (id !== null) parts[partOf.get(id)!]!.push(row);
  });
  return parts;
}

/** @throws PipelineError `INVALID_VALUE` naming the field of a state that its own schema refuses. */
function toJson({ name, state }: EntityStateView, value: unknown): string {
  const parsed = state.safeParse(value);
  if (parsed.success) return JSON.stringify(parsed.data);
  const [issue] = parsed.error.issues;
  const field = String(issue!.path[0] ?? 'state');
  throw new PipelineError('INVALID_VALUE', `state ${name}: ${field}: ${issue!.message}`, { view: name, field });
}

function partTable(view: EntityStateView, data: TrainingData, asOf: number): Table {
  const ids: string[] = [];
  const states: string[] = [];
  for (const [id, state] of view.build(data, asOf)) {
    ids.push(id);
    states.push(toJson(view, state));
  }
  const text = (values: readonly string[]) => ({ kind: 'text', values }) as const;
  return { rowCount: ids.length, columns: { entity_id: text(ids), state: text(states) } };
}

/** Builds and stores the states of some entities. @returns null when there are none. */
export async function statePart(
  blobs: BlobStore,
  view: EntityStateView,
  { data, asOf }: Pick<BuildStateSet, 'data' | 'asOf'>,
): Promise<Omit<StateSetManifest['parts'][number], 'bucket'> | null> {
  const table = partTable(view, data, asOf);
  if (table.rowCount === 0) return null;
  const { hash, bytes } = await putTable(blobs, table);
  return { hash, bytes, entities: table.rowCount };
}

/** Stores the manifest of parts. */
export async function putStateSet(
  blobs: BlobStore,
  { name, version, entity }: EntityStateView,
  set: Pick<StateSetManifest, 'source' | 'asOf' | 'buckets' | 'parts'>,
): Promise<StateSetRef> {
  const { source, asOf, buckets, parts } = set;
  const entities = parts.reduce((sum, part) => sum + part.entities, 0);
  const facts = { source, asOf, view: name, version, entity, entities, buckets, parts };
  const manifest = { kind: 'state-set', schemaVersion: 1, ...facts } as const satisfies StateSetManifest;
  return { hash: (await putJsonBlob(blobs, manifest)).hash, view: name, version, entities, asOf };
}

/**
 * Builds the states of one view part by part and stores each part as Parquet (`entity_id`, `state` as JSON), then the
 * manifest that names them. Idempotent: the same rows, moment and view give the same hash. Memory: the rows, and one
 * part's states.
 * @throws PipelineError `MISSING_COLUMN`, `INVALID_VALUE`, `CANCELLED`.
 */
export async function buildStateSet(input: BuildStateSet): Promise<StateSetRef> {
  const { blobs, view, data, asOf, source, signal, onProgress } = input;
  const parts: StateSetManifest['parts'] = [];
  const rows = rowsByPart(textColumn(data.table, view.idColumn));
  for (const [bucket, indices] of rows.entries()) {
    if (signal.aborted) throw pipelineError('CANCELLED', { work: `building the states ${view.name}` });
    const part = await statePart(blobs, view, { data: { ...data, table: selectRows(data.table, indices) }, asOf });
    if (part !== null) parts.push({ bucket, ...part });
    onProgress?.({ stage: view.name, done: bucket + 1, total: rows.length });
  }
  return putStateSet(blobs, view, { source, asOf, buckets: rows.length, parts });
}

/** The manifest with this hash. @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`. */
export const loadStateSet = (blobs: BlobStore, hash: string): Promise<StateSetManifest> =>
  readJsonBlob(blobs, hash, { schema: stateSetManifest, what: 'state set' });

/** States of one part by entity, in stored order. @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`. */
export async function loadStatePart(blobs: BlobStore, hash: string): Promise<Map<string, unknown>> {
  const table = await readParquet([await blobs.localPath(hash)]);
  const states = textColumn(table, 'state');
  return new Map(textColumn(table, 'entity_id').map((id, row) => [id!, JSON.parse(states[row]!) as unknown]));
}
