import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import { pipelineError } from '../../../contracts/errors.js';
import type { CheckpointStore } from '../../../platform/blobs/blob-store.js';
import { sha256 } from '../../../platform/blobs/hash.js';
import type { Slices } from './slices.js';

const savedState = z.strictObject({
  /** Of everything that decides which rows are read and how. */
  identity: z.string(),
  /** Key of the checksums, which are stored once. */
  slices: z.string(),
  pages: z.int(),
  rows: z.int(),
  after: z.string(),
  duplicates: z.boolean(),
  dropped: z.array(z.strictObject({ pages: z.int(), slices: z.array(z.int()) })),
});

const savedSlices = z.array(z.tuple([z.int(), z.string()]));

/** What was read before an interruption. */
export interface ReadSoFar {
  /** Checksums of the source as the pages show it. */
  readonly slices: Slices;
  readonly pages: number;
  readonly rows: number;
  /** Key of the last row. */
  readonly after: string;
  /** Whether rows share a key. */
  readonly duplicates: boolean;
  /** Slices that changed during an interruption: of the first pages their rows are left out, later ones have them. */
  readonly dropped: readonly { readonly pages: number; readonly slices: readonly number[] }[];
}

/** Where pages that were read wait until all are there. */
export interface StoredPages {
  /** What an interrupted extraction left; null: nothing that can be used. */
  resume(): Promise<ReadSoFar | null>;
  /** Stores a page by its number, from 0 on. */
  save(page: number, rows: Buffer): Promise<void>;
  /** After this, the next attempt goes on from here. */
  note(state: ReadSoFar): Promise<void>;
  load(page: number): Promise<Buffer>;
  /** Removes the pages. */
  clear(pages: number): Promise<void>;
}

/** Pages in a folder, for one attempt. */
export const pagesInFolder = (folder: string): StoredPages => {
  const pathOf = (page: number): string => join(folder, `page-${page}`);
  return {
    resume: () => Promise.resolve(null),
    save: (page, rows) => writeFile(pathOf(page), rows, { mode: 0o600 }),
    note: () => Promise.resolve(),
    load: (page) => readFile(pathOf(page)),
    clear: async (pages) => {
      for (let page = 0; page < pages; page++) await rm(pathOf(page), { force: true });
    },
  };
};

/**
 * Pages that another attempt can go on from, on this machine or another one.
 * @param options.key - of the step, the same in each attempt.
 * @param options.identity - of everything that decides which rows are read and how.
 */
export function pagesInCheckpoints(
  store: CheckpointStore,
  { key, identity }: { readonly key: string; readonly identity: string },
): StoredPages {
  const stateKey = `${key}/state`;
  const pageKey = (page: number): string => `${key}/page-${page}`;
  let noted: { readonly slices: Slices; readonly key: string } | null = null;

  /** Stores checksums before a state names them, and removes those that none names any more. */
  async function noteSlices(slices: Slices): Promise<{ readonly key: string; readonly former: string | null }> {
    if (noted?.slices === slices) return { key: noted.key, former: null };
    const bytes = Buffer.from(JSON.stringify([...slices]));
    const former = noted?.key ?? null;
    noted = { slices, key: `${key}/slices-${sha256(bytes)}` };
    await store.save(noted.key, bytes);
    return { key: noted.key, former: former === noted.key ? null : former };
  }

  async function parse<T>(schema: z.ZodType<T>, at: string): Promise<T | null> {
    const bytes = await store.load(at);
    return bytes === null ? null : (schema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data ?? null);
  }

  return {
    async resume() {
      const found = await parse(savedState, stateKey);
      if (found === null || found.identity !== identity) return null;
      const entries = await parse(savedSlices, found.slices);
      if (entries === null) return null;
      const slices: Slices = new Map(entries);
      noted = { slices, key: found.slices };
      return { ...found, slices };
    },
    save: (page, rows) => store.save(pageKey(page), rows),
    async note({ slices, ...state }) {
      const saved = await noteSlices(slices);
      await store.save(stateKey, Buffer.from(canonicalJson({ identity, ...state, slices: saved.key })));
      if (saved.former !== null) await store.remove(saved.former);
    },
    async load(page) {
      const bytes = await store.load(pageKey(page));
      if (bytes === null) throw pipelineError('BLOB_NOT_FOUND', { hash: pageKey(page), store: 'the checkpoints' });
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async clear(pages) {
      await store.remove(stateKey);
      if (noted !== null) await store.remove(noted.key);
      for (let page = 0; page < pages; page++) await store.remove(pageKey(page));
    },
  };
}
