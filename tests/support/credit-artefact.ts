import { join } from 'node:path';
import type { ArtefactFiles, TrainContext } from '../../contracts/model-definition.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { model } from '../../models/credit-risk-scorer/index.js';
import { projectRoot } from '../../platform/project.js';
import { readSample } from '../../inference/sample.js';
import { trainArtefact } from '../../training/sample.js';

const context: TrainContext = {
  seed: 42,
  shards: [],
  champion: null,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve(), isDue: () => false },
  encoder: () => Promise.reject(new Error('no encoder here')),
};

/** A small real artefact: five trees of depth 2 on the credit fixture. */
export async function trainCreditArtefact(): Promise<ArtefactFiles> {
  const path = join(projectRoot, 'models', model.name, 'fixtures', 'credit-applications.csv');
  const { format, table } = await readDataFile(path, model.fileFormats);
  const params = model.params.parse({ nEstimators: 5, maxDepth: 2 });
  return (await trainArtefact(model, context, { schema: format.schema, table }, params)).files;
}

/** The sample inputs and outputs that training stored beside the graph. */
export const sampleOf = readSample;
