import { acceptUnsigned } from '../tests/support/accept-unsigned.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import { model } from '../models/credit-risk-scorer/index.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import { storeArtefact } from '../registry/artefacts.js';
import { trainCreditArtefact } from '../tests/support/credit-artefact.js';
import { createPredictorPool, loadServed } from './predictor-pool.js';
import { openVerified } from './open-verified.js';
import { readSample } from './sample.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-verified-'));
const deps = {
  blobs: createFileBlobStore(folder),
  findModel: () => Promise.resolve(model),
  requireSigned: acceptUnsigned,
};
let files: ArtefactFiles;
beforeAll(async () => {
  files = await trainCreditArtefact();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { name: modelName, definitionVersion: current } = model;
const former = current - 1;

/** An artefact of a definition, with another answer in its sample or other files. */
async function stored(definitionVersion: number, change: ArtefactFiles = {}) {
  const content = { modelName, definitionVersion, line: 'default', signatureHash: 'a'.repeat(64) };
  const { artefactHash } = await storeArtefact(deps.blobs, { ...content, files: { ...files, ...change } });
  return { modelName, artefactHash };
}

function otherSample(): ArtefactFiles {
  const { inputs, outputs } = readSample(files);
  const changed = outputs.map((output) => ({ ...(output as object), probability: 0.123456 }));
  return { 'sample.json': Buffer.from(JSON.stringify({ inputs, outputs: changed })) };
}

const open = async (...artefact: Parameters<typeof stored>) =>
  openVerified(await loadServed(deps, await stored(...artefact)));

const outdated = {
  code: 'ARTEFACT_OUTDATED',
  message:
    `the artefact has definition version ${former} of ${modelName}, whose answers this program does not repeat; ` +
    `wanted definition version ${current} of ${modelName}: train a new version`,
};

describe('openVerified', () => {
  it.each([current, former])('opens an artefact of definition %i that repeats its sample', async (version) => {
    await (await open(version)).close();
  });

  it('refuses other answers of the same definition, without the values', async () => {
    const message = 'the artefact does not repeat its sample: output.0.probability differs';
    await expect(open(current, otherSample())).rejects.toMatchObject({ code: 'ARTEFACT_INVALID', message });
  });

  it('calls an artefact of another definition that gives other answers outdated', async () => {
    await expect(open(former, otherSample())).rejects.toMatchObject(outdated);
  });

  it('calls one of another definition outdated that no longer opens, or does not take its sample', async () => {
    const sample = Buffer.from(JSON.stringify({ inputs: [{}], outputs: [{}] }));
    for (const change of [{ 'sample.json': sample }, { 'model.onnx': Buffer.from('no graph') }])
      await expect(open(former, change as ArtefactFiles)).rejects.toMatchObject(outdated);
  });

  it('closes a predictor that it refuses', async () => {
    const loaded = await loadServed(deps, await stored(current, otherSample()));
    const predictor = await model.predictor(loaded.files);
    const close = vi.spyOn(predictor, 'close');
    const opening = { ...loaded.model, predictor: () => Promise.resolve(predictor) };
    await expect(openVerified({ ...loaded, model: opening })).rejects.toThrow();
    expect(close).toHaveBeenCalledOnce();
  });
});

describe('a pool of predictors', () => {
  it('refuses an outdated artefact as serving does', async () => {
    const pool = createPredictorPool(deps);
    const use = async (version: number) => pool.use(await stored(version, otherSample()), () => 'answered');
    await expect(use(former)).rejects.toMatchObject(outdated);
    expect(await use(current)).toBe('answered'); // verified when it was registered
    await pool.close();
  });
});
