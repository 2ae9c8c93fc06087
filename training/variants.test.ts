import { acceptUnsigned } from '../tests/support/accept-unsigned.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TrainingData } from '../contracts/dataset.js';
import { DEFAULT_LINE } from '../contracts/ids.js';
import { openVerified } from '../inference/open-verified.js';
import { createPredictorPool, loadServed } from '../inference/predictor-pool.js';
import { nerJson } from '../models/financial-ner/data/formats/ner-json.js';
import { textTable } from '../models/financial-ner/data/text-table.js';
import { fixtureTexts } from '../models/financial-ner/fixtures/make-fixture.js';
import { model } from '../models/financial-ner/index.js';
import { openBlobStore } from '../platform/blobs/open.js';
import { storeArtefact } from '../registry/artefacts.js';
import { trainContext } from '../tests/support/check-model.js';
import { tinyEncoderFiles } from '../tests/support/tiny-encoder.js';
import { trainArtefact } from './sample.js';
import { scoreParts } from './score-parts.js';
import { variantNotes } from './variants.js';

/* An artefact with a float32 and an int8 encoder, from training to the answer. */

const folder = mkdtempSync(join(tmpdir(), 'ml-variants-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
const deps = { blobs, findModel: () => Promise.resolve(model), requireSigned: acceptUnsigned };
let artefactHash: string;

const dataOf = (count: number, seed: number): TrainingData => {
  const texts = fixtureTexts(count, seed).map(({ entities, ...rest }) => ({ ...rest, spans: entities }));
  return { schema: nerJson.schema, table: textTable(texts) };
};

const store = async (precision: 'fp32' | 'both'): Promise<string> => {
  const context = { ...trainContext(), encoder: () => Promise.resolve(tinyEncoderFiles()) };
  const params = model.params.parse({ engine: 'fine-tuned', epochs: 1, iterations: 15, precision });
  const trained = await trainArtefact(model, context, dataOf(80, 1), params);
  const facts = { modelName: model.name, definitionVersion: model.definitionVersion, line: DEFAULT_LINE, reads: [] };
  return (await storeArtefact(blobs, { ...facts, ...trained })).artefactHash;
};

beforeAll(async () => {
  artefactHash = await store('both');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('opens beside the usual one, each repeating the sample of its own', async () => {
  const artefact = { modelName: model.name, artefactHash };
  const loaded = [await loadServed(deps, artefact), await loadServed(deps, { ...artefact, variant: 'int8' })] as const;
  const [usual, quantised] = loaded.map(({ files }) => files['encoder.onnx']!.length);
  expect(quantised!).toBeLessThan(usual!);
  for (const each of loaded) await (await openVerified(each)).close();
});

it('is kept apart from the usual one by the pool', async () => {
  const pool = createPredictorPool(deps);
  const opened = (variant?: 'int8') =>
    pool.use({ modelName: model.name, artefactHash, variant }, (predictor) => predictor);
  const usual = await opened();
  expect(await opened('int8')).not.toBe(usual);
  expect(await opened()).toBe(usual);
  await pool.close();
});

it('is refused where an artefact has one format', async () => {
  const artefact = { modelName: model.name, artefactHash: await store('fp32'), variant: 'int8' } as const;
  const fault = {
    code: 'VERSION_NOT_FOUND',
    message: expect.stringMatching(/financial-ner has no variant int8/) as string,
  };
  await expect(loadServed(deps, artefact)).rejects.toMatchObject(fault);
});

it('is compared with the usual one on the rows that judge it', async () => {
  const scoring = { blobs, model, context: { ...trainContext(), seed: 1 } };
  const part = { name: 'frozen', title: 'frozen', data: dataOf(40, 7) } as const;
  const scored = await scoreParts(scoring, artefactHash, [part]);
  expect(await variantNotes(scoring, scored)).toEqual([
    expect.stringMatching(/^variant int8: \w+ [+−]0\.\d{4} \([+−]\d\.\d{4} to [+−]\d\.\d{4}\) against the usual one/),
  ]);
});
