import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { TrainingData } from '../contracts/dataset.js';
import { storeDataset } from '../datasets/snapshots/dataset-store.js';
import { composeMessage } from '../datasets/sources/backend/generator/chat/compose.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { createRandom } from '../learning/numeric/random/index.js';
import { findModel } from '../models/catalogue.js';
import { messageSchema, messageTable } from '../models/intent-classifier/data/formats/message-table.js';
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

/** Trains and evaluates the intent classifier on a table, as a run does. */
async function evaluateOn({ schema, table }: TrainingData, given: Record<string, unknown>) {
  const model = await findModel('intent-classifier');
  const origin = { kind: 'file' as const, fileHash: 'a'.repeat(64), fileName: 'intents.csv', format: 'intents' };
  const ref = { modelName: model.name, line: schema.line, origin, notes: [] };
  const dataset = await storeDataset(blobs, { table, schema, ref });
  const holdout = freezeHoldout(schema.split, table);
  const params = model.params.parse({ augmentation: 'none', ...given });
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
  /** Evaluates the artefact again, against this champion. */
  const evaluate = (champion: Parameters<typeof evaluateModel.run>[0]['champion']) =>
    evaluateModel.run({ ...input, champion }, context);
  return { ...(await evaluate(null)), artefactHash, datasetHash: dataset.hash, evaluate };
}

it('ends with the notes of the predictor, and goes on when blobs of the champion are lost', async () => {
  const model = await findModel('intent-classifier');
  const path = join(projectRoot, 'models', model.name, 'fixtures', 'intents.csv');
  const { format, table } = await readDataFile(path, model.fileFormats);
  const first = await evaluateOn({ schema: format.schema, table }, { engine: 'fine-tuned' });
  const { notes, metrics, evaluationHash, artefactHash, datasetHash, evaluate } = first;
  const noEncoder = /no encoder "distilbert-base-uncased" is to be had .* trained from scratch instead$/;
  expect(notes).toContainEqual(expect.stringMatching(noEncoder));
  const stored = await loadEvaluation(blobs, evaluationHash);
  expect(stored.evaluation.notes).toEqual(notes);
  expect(metrics.map(({ name }) => name)).not.toContain('independentAccepted');

  const hashes = { signatureHash: stored.signatureHash, definitionHash: 'd'.repeat(64), datasetHash };
  const champion = { version: '1.0.0', ...hashes, artefactHash, evaluationHash };
  await rm(await blobs.localPath(stored.scoredHash), { force: true });
  const rescored = await evaluate(champion);
  expect(rescored.comparisons.find((one) => one.against === 'champion')).toMatchObject({ difference: 0 });

  const other = { ...champion, artefactHash: 'f'.repeat(64), evaluationHash: 'e'.repeat(64) };
  const withoutEvaluation = await evaluate(other);
  const missing = 'the evaluation blob eeeeeeeeeeee of champion 1.0.0 is missing or damaged';
  expect(withoutEvaluation.notes).toContainEqual(expect.stringContaining(missing));
  expect(withoutEvaluation.comparisons.map((one) => one.against)).toEqual(['baseline']);
  const gate = withoutEvaluation.gates.find(({ finding }) => finding.includes(missing));
  expect(gate).toMatchObject({ passed: false });
});

it('adds the scores of the fixed test, which gates of the line judge', async () => {
  const random = createRandom(5);
  const messages = Array.from({ length: 900 }, (_, i) => {
    const { text, intent } = composeMessage(random.fork(i));
    return { text, intent, part: i % 6 === 0 ? ('test' as const) : ('train' as const) };
  });
  const data = { schema: messageSchema('synthetic'), table: messageTable(messages) };
  const { metrics, gates, evaluationHash } = await evaluateOn(data, { letterGrams: 3 });
  const accepted = metrics.find(({ name }) => name === 'independentAccepted');
  expect(accepted?.value).toBeGreaterThan(0.2);
  expect(accepted?.interval).toBeDefined();
  const gate = gates.find(({ gate: name }) => name.includes('independentAccepted'));
  const { gates: declared } = await findModel('intent-classifier');
  const wanted = declared.find((one) => one.kind === 'absolute' && one.metric === 'independentAccepted');
  expect(gate?.passed).toBe(accepted!.value! >= (wanted as { readonly atLeast: number }).atLeast);
  const { slices } = (await loadEvaluation(blobs, evaluationHash)).evaluation;
  expect(slices.map(({ name }) => name)).toContain('independent phrases: banking77');
});
