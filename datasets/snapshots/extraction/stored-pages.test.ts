import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openCheckpointStore } from '../../../platform/blobs/open.js';
import { pagesInCheckpoints, type ReadSoFar } from './stored-pages.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = openCheckpointStore(pathToFileURL(folder).href);
const open = (identity = 'same') => pagesInCheckpoints(store, { key: 'extract/run/shop/users', identity });

const state: ReadSoFar = {
  slices: new Map([
    [-1, '3 17'],
    [4_095, '1 -5'],
  ]),
  ...{ pages: 1, rows: 4, after: 'ü', duplicates: false, dropped: [{ pages: 1, slices: [7] }] },
};

it('gives the next attempt what was noted, unless it asks for something else', async () => {
  expect(await open().resume()).toBeNull();
  const first = open();
  await first.save(0, Buffer.from('rows'));
  await first.note(state);
  expect(await open('another query').resume()).toBeNull();
  const next = open();
  expect(await next.resume()).toMatchObject(state);
  expect((await next.load(0)).toString()).toBe('rows');
});

it('names the page that is missing, and leaves nothing behind', async () => {
  const pages = open();
  const former = await pages.resume();
  await pages.note({ ...former!, slices: new Map([[1, '2 3']]) }); // the checksums of before are removed
  expect((await open().resume())!.slices).toEqual(new Map([[1, '2 3']]));
  await expect(pages.load(9)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  await pages.clear(1);
  expect(await open().resume()).toBeNull();
  expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
});
