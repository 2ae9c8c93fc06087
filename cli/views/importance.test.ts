import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openBlobStore } from '../../platform/blobs/open.js';
import { storeArtefact } from '../../registry/artefacts.js';
import { importanceTable, readImportance } from './importance.js';

describe('importance of two versions', () => {
  it('shows the largest changes first, also of a feature that only one version has', () => {
    const before = { debt: 0.5, income: 0.3, age: 0.2, unused: 0 };
    const after = { debt: 0.42, income: 0.31, utilisation: 0.27, unused: 0 };
    const table = importanceTable(['1.0.0', '1.1.0'], [before, after]);
    expect(table?.head).toEqual(['importance', '1.0.0', '1.1.0', 'change']);
    expect(table?.rows).toEqual([
      ['utilisation', '–', '27 %', '+27 %'],
      ['age', '20 %', '–', '-20 %'],
      ['debt', '50 %', '42 %', '-8 %'],
      ['income', '30 %', '31 %', '+1 %'],
    ]);
    expect(importanceTable(['1', '2'], [null, after])).toBeNull();
  });

  it('is read from the artefact; null where the artefact keeps none', async () => {
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
