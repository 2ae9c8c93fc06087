import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openBlobStore } from '../platform/blobs/open.js';
import { storeArtefact } from './artefacts.js';
import { readImportance } from './importance.js';

describe('readImportance', () => {
  it('returns the importance in the artefact, null where the artefact keeps none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'importance-'));
    try {
      const blobs = openBlobStore(pathToFileURL(folder).href, folder);
      const artefact = { modelName: 'm', definitionVersion: 1, line: 'default', signatureHash: '0'.repeat(64) };
      const json = new TextEncoder().encode('{"debt":1}');
      const kept = await storeArtefact(blobs, { ...artefact, files: { 'importance.json': json } });
      const without = await storeArtefact(blobs, { ...artefact, files: { 'model.onnx': json } });
      expect(await readImportance(blobs, kept.artefactHash)).toEqual({ debt: 1 });
      expect(await readImportance(blobs, without.artefactHash)).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
