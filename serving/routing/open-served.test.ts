import { acceptUnsigned } from '../../tests/support/accept-unsigned.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { model } from '../../models/credit-risk-scorer/index.js';
import { labelling } from '../../models/intent-classifier/labelling.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { storeArtefact } from '../../registry/artefacts.js';
import { trainCreditArtefact } from '../../tests/support/credit-artefact.js';
import { openServed } from './open-served.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-served-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('opens a verified artefact with the names that it learned, where people label messages', async () => {
  const blobs = createFileBlobStore(folder);
  const { name: modelName, definitionVersion } = model;
  const content = { modelName, definitionVersion, line: 'default', signatureHash: 'a'.repeat(64) };
  const { artefactHash } = await storeArtefact(blobs, { ...content, files: await trainCreditArtefact() });
  const learned = { names: ['check_balance'], multiLabel: false };
  const labelled: ModelDefinition = { ...model, labelling: { ...labelling, readLearned: () => learned } };
  for (const [found, names] of [
    [model, undefined],
    [labelled, learned.names],
  ] as const) {
    const open = await openServed(
      { blobs, findModel: () => Promise.resolve(found), requireSigned: acceptUnsigned },
      { modelName, artefactHash },
    );
    expect([open.manifest.modelName, open.learnedNames]).toEqual([modelName, names]);
    await open.predictor.close();
  }
});
