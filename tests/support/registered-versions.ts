import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DEFAULT_LINE, sourceOfLine } from '../../contracts/ids.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../../learning/evaluation/split/index.js';
import { findModel } from '../../models/catalogue.js';
import { projectRoot } from '../../platform/project.js';
import { storeArtefact } from '../../registry/artefacts.js';
import type { Services } from '../../composition/services.js';
import { MODEL } from './credit-dataset.js';
import { trainArtefact } from '../../training/sample.js';
import { trainContext } from './check-model.js';

export const LINE = DEFAULT_LINE;
const hash = (digit: string): string => digit.repeat(64);

/** Trains the credit model once on its fixture, in this process. */
export async function trainFixture(): Promise<ArtefactFiles> {
  const model = await findModel(MODEL);
  const path = join(projectRoot, 'models', MODEL, 'fixtures', 'credit-applications.csv');
  const { format, table } = await readDataFile(path, model.fileFormats);
  const { train } = splitHoldout(freezeHoldout(format.schema.split, table), table);
  const params = model.params.parse({ nEstimators: 5 });
  return (await trainArtefact(model, trainContext(), { schema: format.schema, table: train }, params)).files;
}

/** How an artefact is stored. */
interface StoredAs {
  /** Replaces the stored sample, for an artefact whose predictions differ from its sample. */
  readonly sample?: object | undefined;
  readonly line?: string;
}

/** Stores an artefact of real bytes, a data set of one row and an evaluation without measurements, as a training does. */
export async function storeTraining(
  { blobs }: Services,
  trained: ArtefactFiles,
  { sample, line = LINE }: StoredAs = {},
) {
  const runKey = randomUUID();
  const changed = sample === undefined ? {} : { 'sample.json': new TextEncoder().encode(JSON.stringify(sample)) };
  // Different bytes give a new version.
  const marked = { ...trained, ...changed, 'mark.json': new TextEncoder().encode(JSON.stringify({ runKey })) };
  const { definitionVersion, backend } = await findModel(MODEL);
  const content = { modelName: MODEL, definitionVersion, line, signatureHash: hash('a'), files: marked };
  const { artefactHash } = await storeArtefact(blobs, content);
  const { schema } = backend;
  const table = { rowCount: 1, columns: { id: { kind: 'text' as const, values: [runKey] } } };
  const origin = { kind: 'snapshot' as const, snapshotHash: hash('b'), source: sourceOfLine(line) };
  const dataset = await storeDataset(blobs, {
    table,
    schema,
    ref: { modelName: MODEL, line, origin, notes: [] },
  });
  const { hash: evaluationHash } = await putJsonBlob(blobs, { runKey });
  const hashes = { artefactHash, evaluationHash, signatureHash: hash('a'), definitionHash: hash('c') };
  return { runKey, dataset, holdout: freezeHoldout(schema.split, table), ...hashes };
}

/** Registers such a training as the next version of a backend's line. */
export async function registerVersion(services: Services, trained: ArtefactFiles, as: StoredAs = {}): Promise<string> {
  const { registry } = services;
  const { line = LINE } = as;
  const { holdout, ...stored } = await storeTraining(services, trained, as);
  const { runKey } = stored;
  const run = {
    runKey,
    workflowId: `run-${runKey}`,
    modelName: MODEL,
    line,
    seed: 1,
    params: {},
    codeVersion: '0',
  };
  await registry.ensureLine(MODEL, line, holdout);
  await registry.startRun(run);
  const champion = await registry.findChampion(MODEL, line);
  const { version } = await registry.register({
    ...stored,
    modelName: MODEL,
    line,
    metrics: [],
    comparisons: [],
    gates: [],
    championVersion: champion?.version ?? null,
  });
  return version!;
}

/** Promotes a version to staging without a workflow. */
export const stage = ({ registry }: Services, version: string, line = LINE) =>
  registry.promote({
    modelName: MODEL,
    line,
    version,
    to: 'staging',
    actor: 'test',
    reason: 'set-up',
    idempotencyKey: randomUUID(),
  });
