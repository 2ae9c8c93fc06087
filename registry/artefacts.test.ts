import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../contracts/canonical-json.js';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import { type ArtefactContent, artefactLimits, loadArtefact, storeArtefact } from './artefacts.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const content = (files: ArtefactFiles): ArtefactContent => ({
  modelName: 'credit-risk-scorer',
  definitionVersion: 1,
  line: 'default',
  signatureHash: 'a'.repeat(64),
  files,
});
const invalid = expect.objectContaining({ code: 'ARTEFACT_INVALID' }) as unknown;

describe('artefacts', () => {
  let folder: string;
  let blobs: BlobStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'artefacts-'));
    blobs = createFileBlobStore(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const putManifest = async (manifest: unknown): Promise<string> =>
    (await blobs.put(bytes(typeof manifest === 'string' ? manifest : canonicalJson(manifest)))).hash;
  const manifestOf = (file: Record<string, unknown>) => ({
    schemaVersion: 1,
    modelName: 'm',
    definitionVersion: 1,
    line: 'default',
    signatureHash: 'a'.repeat(64),
    files: [file],
  });

  it('loads the same bytes for every file', async () => {
    const names = fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,4})?$/);
    const files = fc.dictionary(names, fc.uint8Array({ maxLength: 200 }), {
      minKeys: 1,
      maxKeys: 6,
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const stored = await storeArtefact(blobs, content(given));
        const loaded = await loadArtefact(blobs, stored.artefactHash);
        const plain = (found: ArtefactFiles) =>
          Object.fromEntries(Object.entries(found).map(([name, file]) => [name, [...file]]));
        expect(plain(loaded.files)).toEqual(plain(given));
        expect(stored.bytes).toBe(Object.values(given).reduce((sum, file) => sum + file.byteLength, 0));
      }),
      { numRuns: 30 },
    );
  });

  it('gives equal content the same hash in any order of files, other content another', async () => {
    const hashOf = async (given: ArtefactContent) => (await storeArtefact(blobs, given)).artefactHash;
    const one = await hashOf(content({ 'a.onnx': bytes('1'), 'b.json': bytes('2') }));
    expect(await hashOf(content({ 'b.json': bytes('2'), 'a.onnx': bytes('1') }))).toBe(one);
    expect(await hashOf(content({ 'a.onnx': bytes('2'), 'b.json': bytes('1') }))).not.toBe(one);
    const raised = { ...content({ 'a.onnx': bytes('1'), 'b.json': bytes('2') }), definitionVersion: 2 };
    expect(await hashOf(raised)).not.toBe(one);
  });

  it.each(['../x', 'a/b', 'a\\b', '/etc/passwd', '.hidden', '..', '', 'a b', 'con:x', 'x.', 'a'.repeat(129)])(
    'takes no file named %j, to store or to load',
    async (name) => {
      await expect(storeArtefact(blobs, content({ [name]: bytes('x') }))).rejects.toEqual(invalid);
      const { hash } = await blobs.put(bytes('x'));
      const forged = await putManifest(manifestOf({ name, sha256: hash, bytes: 1 }));
      await expect(loadArtefact(blobs, forged)).rejects.toEqual(invalid);
    },
  );

  it('refuses no files, too many, and names that differ in case only', async () => {
    const many = Object.fromEntries(Array.from({ length: artefactLimits.files + 1 }, (_, i) => [`f${i}`, bytes('x')]));
    for (const files of [{}, many, { 'A.json': bytes('1'), 'a.json': bytes('2') }])
      await expect(storeArtefact(blobs, content(files))).rejects.toEqual(invalid);
  });

  it('stores nothing of an artefact that it refuses', async () => {
    const file = bytes('never stored');
    await expect(storeArtefact(blobs, content({ ok: file, '../bad': bytes('x') }))).rejects.toEqual(invalid);
    const { createHash } = await import('node:crypto');
    expect(await blobs.has(createHash('sha256').update(file).digest('hex'))).toBe(false);
  });

  it.each([
    ['no JSON', 'not json'],
    ['broken UTF-8', '\u0000'],
    ['an array', '[]'],
    ['a newer schema', { ...manifestOf({ name: 'a', sha256: 'a'.repeat(64), bytes: 1 }), schemaVersion: 2 }],
    ['an unknown field', { ...manifestOf({ name: 'a', sha256: 'a'.repeat(64), bytes: 1 }), run: 'rm -rf' }],
    ['a file that is too large', manifestOf({ name: 'a', sha256: 'a'.repeat(64), bytes: 2 ** 40 })],
    ['itself too large', ' '.repeat(artefactLimits.manifestBytes + 1)],
  ])('refuses a manifest that is %s', async (_what, manifest) => {
    await expect(loadArtefact(blobs, await putManifest(manifest))).rejects.toEqual(invalid);
  });

  it('refuses a file with another size than in the manifest, and a missing file', async () => {
    const { hash } = await blobs.put(bytes('four'));
    const misstated = await putManifest(manifestOf({ name: 'a', sha256: hash, bytes: 5 }));
    await expect(loadArtefact(blobs, misstated)).rejects.toEqual(invalid);
    const absent = await putManifest(manifestOf({ name: 'a', sha256: 'f'.repeat(64), bytes: 5 }));
    await expect(loadArtefact(blobs, absent)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(loadArtefact(blobs, 'e'.repeat(64))).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });
});
