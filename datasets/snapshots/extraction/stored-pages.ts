import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import type { CheckpointStore } from '../../../platform/blobs/blob-store.js';
import { type Slices, slicesOf } from './slices.js';

const savedState = z.strictObject({
  /** Of everything that decides which rows are read and how. */
  identity: z.string(),
  slices: z.record(z.string(), z.string()),
  pages: z.int(),
  rows: z.int(),
  after: z.string(),
  duplicates: z.boolean(),
  dropped: z.array(z.strictObject({ pages: z.int(), slices: z.array(z.int()) })),
});

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
  return {
    async resume() {
      const bytes = await store.load(stateKey);
      if (bytes === null) return null;
      const found = savedState.safeParse(JSON.parse(Buffer.from(bytes).toString()));
      if (!found.success || found.data.identity !== identity) return null;
      return { ...found.data, slices: slicesOf(found.data.slices) };
    },
    save: (page, rows) => store.save(pageKey(page), rows),
    async note({ slices, ...state }) {
      const record = Object.fromEntries([...slices].map(([slice, checksum]) => [String(slice), checksum]));
      await store.save(stateKey, Buffer.from(canonicalJson({ identity, ...state, slices: record })));
    },
    async load(page) {
      const bytes = await store.load(pageKey(page));
      if (bytes === null) throw new Error(`page ${page} of an extraction is missing`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async clear(pages) {
      await store.remove(stateKey);
      for (let page = 0; page < pages; page++) await store.remove(pageKey(page));
    },
  };
}
