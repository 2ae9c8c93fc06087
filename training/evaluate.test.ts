import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { storeDataset } from '../datasets/snapshots/dataset-store.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { findModel } from '../models/catalogue.js';
import { createFileBlobStore } from '../platform/blobs/file-blob-store.js';
import type { JobContext } from '../platform/child-process/define-job.js';
import { projectRoot } from '../platform/project.js';
import { storeArtefact } from '../registry/artefacts.js';
import { trainContext } from '../tests/support/check-model.js';
import { evaluateModel } from './evaluate.js';
import { loadEvaluation } from './evaluation-document.js';
import { trainArtefact } from './sample.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-evaluate-'));
const blobs = createFileBlobStore(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('ends the evaluation with the notes of the predictor', async () => {
  const model = await findModel('intent-classifier');
  const path = join(projectRoot, 'models', model.name, 'fixtures', 'intents.csv');
  const { format, table, fileHash, fileName } = await readDataFile(path, model.fileFormats);
  const { schema } = format;
  const origin = { kind: 'file' as const, fileHash, fileName, format: format.name };
  const ref = { modelName: model.name, line: schema.line, origin, notes: [] };
  const dataset = await storeDataset(blobs, { table, schema, ref });
  const holdout = freezeHoldout(schema.split, table);
  const params = model.params.parse({ engine: 'fine-tuned', augmentation: 'none' });
  const train = { schema, table: splitHoldout(holdout, table).train };
  const trained = await trainArtefact(model, trainContext(), train, params);
  const content = { modelName: model.name, definitionVersion: model.definitionVersion, line: schema.line, ...trained };
  const { artefactHash } = await storeArtefact(blobs, content);

  const context = { ...trainContext(), blobs } as unknown as JobContext;
  const frozen = { holdout, holdoutHashes: [] };
  const input = {
    runKey: 'run',
    modelName: model.name,
    dataset,
    ...frozen,
    artefactHash,
    seed: 7,
    champion: null,
    reason: null,
  };
  const { notes, evaluationHash } = await evaluateModel.run(input, context);
  expect(notes.at(-1)).toMatch(/no encoder "distilbert-base-uncased" is to be had .* trained from scratch instead$/);
  expect((await loadEvaluation(blobs, evaluationHash)).evaluation.notes).toEqual(notes);
});
