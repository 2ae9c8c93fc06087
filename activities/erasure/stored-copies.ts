import type pg from 'pg';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import { type KeysByTable, keysInSnapshot } from '../../datasets/erasure/rewrite-snapshot.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { findRoots } from '../../registry/retention/roots.js';
import {
  type ManifestKind,
  namesCustomer,
  readContent,
  resultsOf,
  type StoredContent,
  type StoredDocument,
} from './stored-documents.js';

export interface CopiesOf {
  readonly userId: string;
  /** Null: of every source and file. */
  readonly source: string | null;
}

export interface CopyDeps {
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly blobs: BlobStore;
  readonly snapshotLog: Pick<SnapshotLog, 'allHashes' | 'erased'>;
}

/** A snapshot that holds the customer. */
export interface HeldSnapshot {
  readonly hash: string;
  readonly source: string;
  readonly keys: KeysByTable;
}

/** What the blob store holds of a customer. */
export interface StoredCopies {
  /** Snapshots of the catalogue, which are rewritten, oldest first. */
  readonly retained: readonly HeldSnapshot[];
  /** Snapshots that no catalogue lists any more: what an earlier attempt rewrote, or a run left. */
  readonly others: readonly HeldSnapshot[];
  /** Manifests that go, derived ones before snapshots. */
  readonly manifests: readonly { readonly hash: string; readonly kind: ManifestKind }[];
  /** Parquet blobs that go. */
  readonly tables: readonly string[];
  readonly bytes: number;
}

/** Keeps everything that any record names. */
const EVERYTHING = { snapshots: Number.MAX_SAFE_INTEGER, runsSince: 0, recordedSince: 0 } as const;

type SnapshotDocument = StoredDocument & { readonly manifest: { readonly kind: 'snapshot' } };

const isSnapshot = (document: StoredDocument): document is SnapshotDocument => document.manifest?.kind === 'snapshot';

async function holdersOf(
  { blobs }: CopyDeps,
  documents: readonly StoredDocument[],
  { userId, source }: CopiesOf,
): Promise<ReadonlyMap<string, HeldSnapshot>> {
  const holders = new Map<string, HeldSnapshot>();
  for (const { hash, manifest } of documents.filter(isSnapshot)) {
    if (source !== null && manifest.source !== source) continue;
    const keys = await nullIfLost(keysInSnapshot({ blobs, hash, userId }));
    if (keys !== null && keys.size > 0) holders.set(hash, { hash, source: manifest.source, keys });
  }
  return holders;
}

interface Doomed {
  readonly snapshots: ReadonlySet<string>;
  /** Results of steps that read such a snapshot. */
  readonly results: ReadonlySet<string>;
}

/** Whether a manifest is of rows that were made of a snapshot with the customer, or names the customer itself. */
async function isDerived(
  { blobs }: CopyDeps,
  { hash, manifest }: StoredDocument,
  { doomed, wanted }: { readonly doomed: Doomed; readonly wanted: CopiesOf },
): Promise<boolean> {
  const names = async (parts: readonly { readonly hash: string }[]): Promise<boolean> => {
    for (const part of parts) if (await namesCustomer(blobs, part.hash, wanted.userId)) return true;
    return false;
  };
  const isWanted = (source: string): boolean => wanted.source === null || wanted.source === source;
  if (manifest?.kind === 'feature-set') return doomed.snapshots.has(manifest.snapshotHash);
  if (manifest?.kind === 'state-set')
    return isWanted(manifest.source) && (doomed.results.has(hash) || (await names(manifest.parts)));
  if (manifest?.kind !== 'dataset') return false;
  const { origin, line } = manifest.ref;
  if (origin.kind === 'file') return isWanted(line) && (await names([manifest.data]));
  return doomed.snapshots.has(origin.snapshotHash);
}

/** Whether a document is about rows that go, as an evaluation is about a data set, whose scores go with it. */
const isAbout = (document: StoredDocument, gone: ReadonlySet<string>): boolean =>
  !isSnapshot(document) && document.names.some((name) => gone.has(name));

/** Hashes that documents name, by what becomes of these. */
function namedBy(
  documents: readonly StoredDocument[],
  isGone: (document: StoredDocument) => boolean,
): { readonly kept: Set<string>; readonly ofSnapshots: Set<string>; readonly ofGone: Set<string> } {
  const [kept, ofSnapshots, ofGone] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const document of documents) {
    const into = isGone(document) ? ofGone : isSnapshot(document) ? ofSnapshots : kept;
    for (const name of document.names) into.add(name);
  }
  return { kept, ofSnapshots, ofGone };
}

/**
 * Parquet blobs that go: those with the customer's id in a column, and, where a manifest goes, those that only it and
 * documents about it refer to, and those that nothing refers to (pieces of steps).
 */
async function doomedTables(
  deps: CopyDeps,
  { documents, tables }: StoredContent,
  {
    gone,
    retained,
    userId,
  }: { readonly gone: ReadonlySet<string>; readonly retained: ReadonlySet<string> } & {
    readonly userId: string;
  },
): Promise<string[]> {
  // A retained snapshot keeps the parts that the rewritten one shares; the others go with the next look.
  const { kept, ofSnapshots, ofGone } = namedBy(
    documents,
    (document) => !retained.has(document.hash) && (gone.has(document.hash) || isAbout(document, gone)),
  );
  const roots = await findRoots(deps.pool, EVERYTHING);
  const doomed: string[] = [];
  for (const hash of tables) {
    if (ofSnapshots.has(hash)) continue; // those of the customer were rewritten
    const isKept = kept.has(hash) || (!ofGone.has(hash) && roots.has(hash));
    if ((gone.size > 0 && !isKept) || (await namesCustomer(deps.blobs, hash, userId))) doomed.push(hash);
  }
  return doomed;
}

/**
 * Finds every blob that holds a customer. Reads all documents and the columns of texts of Parquet files; parts of
 * snapshots only where the customer's bucket is.
 * @throws PipelineError `SERVICE_UNAVAILABLE`; those of the blob store.
 */
export async function findCopies(deps: CopyDeps, wanted: CopiesOf): Promise<StoredCopies> {
  const content = await readContent(deps.blobs);
  const { documents } = content;
  const holders = await holdersOf(deps, documents, wanted);
  const listed = (await deps.snapshotLog.allHashes()).toReversed();
  const retained = listed.flatMap(({ hash }) => holders.get(hash) ?? []);
  const isRetained = new Set(retained.map(({ hash }) => hash));
  const others = [...holders.values()].filter(({ hash }) => !isRetained.has(hash));
  const erased = (await deps.snapshotLog.erased('', Number.MAX_SAFE_INTEGER)).filter(({ kind }) => kind === 'snapshot');
  const snapshots = new Set([...holders.keys(), ...erased.map(({ hash }) => hash)]);
  const doomed: Doomed = { snapshots, results: await resultsOf(deps.pool, [...snapshots]) };
  const derived: StoredCopies['manifests'][number][] = [];
  for (const document of documents)
    if (await isDerived(deps, document, { doomed, wanted }))
      derived.push({ hash: document.hash, kind: document.manifest!.kind });
  const stored = [...holders.keys()].map((hash) => ({ hash, kind: 'snapshot' as const }));
  const manifests = [...derived, ...stored];
  const gone = new Set(manifests.map(({ hash }) => hash));
  const tables = await doomedTables(deps, content, { gone, retained: isRetained, userId: wanted.userId });
  const bytes = [...gone, ...tables].reduce((sum, hash) => sum + (content.blobs.get(hash)?.bytes ?? 0), 0);
  return { retained, others, manifests, tables, bytes };
}
