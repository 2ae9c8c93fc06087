import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** Fields of manifests whose hashes name Parquet files or files of an artefact: they refer to nothing and are not read. */
const leafFields: ReadonlySet<string> = new Set(['parts', 'views', 'files', 'data']);
/** The snapshot before it, which no snapshot needs: each has all its parts. */
const PARENT = 'parent';

const HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
const OPENING_BRACE = 0x7b;

interface References {
  /** Blobs that may refer to others. */
  readonly followed: Set<string>;
  readonly leaves: Set<string>;
}

const isManifest = (value: object): boolean => 'kind' in value || 'files' in value;

function collect(value: unknown, isLeaf: boolean, references: References): void {
  if (typeof value === 'string') {
    for (const [hash] of value.matchAll(HASH)) references[isLeaf ? 'leaves' : 'followed'].add(hash);
  } else if (Array.isArray(value)) for (const each of value) collect(each, isLeaf, references);
  else if (typeof value === 'object' && value !== null) {
    const knowsLeaves = isManifest(value);
    for (const [name, each] of Object.entries(value))
      if (!(name === PARENT && knowsLeaves)) collect(each, isLeaf || leafFields.has(name), references);
  }
}

/** Hashes in a JSON document; none in anything else. */
function referencesIn(bytes: Uint8Array): References {
  const references: References = { followed: new Set(), leaves: new Set() };
  if (bytes[0] !== OPENING_BRACE) return references;
  try {
    collect(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), false, references);
  } catch (fault) {
    if (!(fault instanceof SyntaxError || fault instanceof TypeError)) throw fault; // another text with a brace
  }
  return references;
}

/**
 * Blobs that can be reached from some hashes: manifests are read, and what they name is followed.
 * @param stored - hashes of all blobs; others are passed over.
 */
export async function reachableBlobs(
  blobs: Pick<BlobStore, 'get'>,
  roots: Iterable<string>,
  stored: ReadonlyMap<string, unknown>,
): Promise<ReadonlySet<string>> {
  const reached = new Set<string>();
  const waiting = [...roots].filter((hash) => stored.has(hash));
  const read = new Set<string>();
  for (let hash = waiting.pop(); hash !== undefined; hash = waiting.pop()) {
    reached.add(hash);
    if (read.has(hash)) continue;
    read.add(hash);
    // A damaged blob is kept: what it is said to hold may be put again.
    const bytes = await nullIfLost(blobs.get(hash));
    if (bytes === null) continue;
    const { followed, leaves } = referencesIn(bytes);
    for (const leaf of leaves) if (stored.has(leaf)) reached.add(leaf);
    for (const next of followed) if (stored.has(next) && !read.has(next)) waiting.push(next);
  }
  return reached;
}
