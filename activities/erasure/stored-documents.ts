import { open } from 'node:fs/promises';
import type pg from 'pg';
import type { z } from 'zod';
import {
  datasetManifest,
  featureSetManifest,
  snapshotManifest,
  stateSetManifest,
} from '../../datasets/snapshots/manifest.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import type { BlobStore, ListedBlob } from '../../platform/blobs/blob-store.js';

const manifests = {
  snapshot: snapshotManifest,
  dataset: datasetManifest,
  'feature-set': featureSetManifest,
  'state-set': stateSetManifest,
} as const;
export type ManifestKind = keyof typeof manifests;
export type Manifest = { [Kind in ManifestKind]: z.infer<(typeof manifests)[Kind]> }[ManifestKind];

/** A JSON document of the blob store. */
export interface StoredDocument {
  readonly hash: string;
  /** Null: it is no manifest of rows. */
  readonly manifest: Manifest | null;
  /** Every hash that it names. */
  readonly names: readonly string[];
}

/** What the blob store holds. */
export interface StoredContent {
  readonly blobs: ReadonlyMap<string, ListedBlob>;
  readonly documents: readonly StoredDocument[];
  /** Hashes of Parquet files. */
  readonly tables: readonly string[];
}

/** No document is longer; longer blobs are looked at by their first bytes only. */
const LONGEST_DOCUMENT = 2 ** 26;
const HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
const PARQUET = 'PAR1';
const OPENING_BRACE = 0x7b;

function parseManifest(text: string): Manifest | null {
  const value = JSON.parse(text) as { readonly kind?: unknown };
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(manifests, kind)) return null;
  return manifests[kind as ManifestKind].safeParse(value).data ?? null;
}

function readDocument(hash: string, bytes: Uint8Array): StoredDocument | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const manifest = parseManifest(text);
    return { hash, manifest, names: [...new Set(text.match(HASH) ?? [])] };
  } catch (fault) {
    if (fault instanceof SyntaxError || fault instanceof TypeError) return null; // another text with a brace
    throw fault;
  }
}

const isParquet = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, PARQUET.length)).toString('latin1') === PARQUET;

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(PARQUET.length), 0, PARQUET.length, 0);
    return buffer;
  } finally {
    await file.close();
  }
}

/** Reads all documents of a store. Lost and damaged blobs are passed over. */
export async function readContent(blobs: BlobStore): Promise<StoredContent> {
  const listed = new Map<string, ListedBlob>();
  for await (const blob of blobs.list()) listed.set(blob.hash, blob);
  const documents: StoredDocument[] = [];
  const tables: string[] = [];
  for (const { hash, bytes } of listed.values()) {
    const isLong = bytes > LONGEST_DOCUMENT;
    const content = await nullIfLost(isLong ? blobs.localPath(hash).then(firstBytes) : blobs.get(hash));
    if (content === null) continue;
    if (isParquet(content)) tables.push(hash);
    else if (!isLong && content[0] === OPENING_BRACE) {
      const document = readDocument(hash, content);
      if (document !== null) documents.push(document);
    }
  }
  return { blobs: listed, documents, tables };
}

/** Whether a text column of a Parquet blob has the id as a value. */
export async function namesCustomer(blobs: BlobStore, hash: string, userId: string): Promise<boolean> {
  const path = await nullIfLost(blobs.localPath(hash));
  if (path === null) return false;
  const from = parquetRows([path]);
  return withDuckDb(async (connection) => {
    const described = await connection.runAndReadAll(`describe select * from ${from}`);
    const texts = described.getRows().flatMap(([name, type]) => (type === 'VARCHAR' ? [String(name)] : []));
    if (texts.length === 0) return false;
    const condition = texts.map((name) => `${quoteName(name)} = ${quoteText(userId)}`).join(' or ');
    const found = await connection.runAndReadAll(`select 1 from ${from} where ${condition} limit 1`);
    return found.currentRowCount > 0;
  });
}

/** Hashes in results of steps whose input names one of these. */
export async function resultsOf(
  database: Pick<pg.Pool, 'query'>,
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await database.query<{ hash: string }>(
    `select distinct found[1] as hash
     from registry.run_steps s, regexp_matches(to_jsonb(s.output)::text, '[0-9a-f]{64}', 'g') as found
     where exists (
       select 1 from regexp_matches(to_jsonb(s.input)::text, '[0-9a-f]{64}', 'g') as named where named[1] = any($1))`,
    [[...hashes]],
  );
  return new Set(rows.map(({ hash }) => hash));
}
