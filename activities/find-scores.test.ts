import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { FittedModel, TrainingActivities } from '../contracts/activities.js';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import { model } from '../models/credit-risk-scorer/index.js';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import { createInlineRunner } from '../platform/child-process/runner.js';
import { MODEL, storeCreditDataset } from '../tests/support/credit-dataset.js';
import { stepDeps } from '../tests/support/memory-step-log.js';
import { loadEvaluation } from '../training/evaluation-document.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { createJobExecutor } from './jobs.js';
import { createTrainingActivities } from './training.js';

type Evaluate = Parameters<TrainingActivities['evaluateModel']>[0];

const inActivity = <T>(work: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);

let folder: string;
let deps: TrainingActivityDeps;
let dataset: DatasetRef;
let fitted: FittedModel;
let champion: VersionRecord | null = null;
const score = vi.spyOn(model, 'score');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-find-scores-'));
  const uri = pathToFileURL(folder).href;
  const stores = { blobs: openBlobStore(uri, folder), checkpoints: openCheckpointStore(uri) };
  dataset = await storeCreditDataset(stores.blobs);
  let holdout: FrozenHoldout | null = null;
  const registry: Partial<ModelRegistry> = {
    findLine: async (modelName, line) =>
      holdout === null ? null : { modelName, line, holdout, createdAt: new Date(0) },
    ensureLine: async (modelName, line, first) => ({
      ...{ modelName, line, holdout: (holdout = first), createdAt: new Date(0) },
    }),
    findChampion: async () => champion,
    listVersions: async () => [],
    recordArtefact: async () => undefined,
  };
  const unused = (): never => {
    throw new Error('not used here');
  };
  const executor = createJobExecutor({ ...stores, backendPool: unused, findEncoder: unused });
  deps = {
    runBook: { recordSteps: () => Promise.resolve() },
    ...{ ...stores, ...stepDeps(), registry, models: { find: findModel, list: loadCatalogue } },
    ...{ runner: createInlineRunner(executor), config: { trainingMemoryMb: 512 } },
  } as unknown as TrainingActivityDeps;
  const params = model.params.parse({ nEstimators: 10, maxDepth: 2 }) as Record<string, unknown>;
  const step = { runKey: 'first', modelName: MODEL, dataset, seed: 42 };
  fitted = await inActivity(() => createTrainingActivities(deps).fitModel({ ...step, params }));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  deps = { ...deps, steps: stepDeps().steps };
  champion = null;
  score.mockClear();
});

const evaluate = (runKey: string, given: Partial<Evaluate> = {}, own: Partial<TrainingActivityDeps> = {}) => {
  const { artefactHash, definitionHash } = fitted;
  const step = { runKey, modelName: MODEL, dataset, seed: 42, artefactHash, definitionHash };
  return inActivity(() => createTrainingActivities({ ...deps, ...own }).evaluateModel({ ...step, ...given }));
};

/** Evaluates for the first time, as a run does whose version becomes the champion. */
async function evaluateFirst() {
  const first = await evaluate('first');
  champion = { version: '1.0.0', ...fitted, dataset, evaluationHash: first.evaluationHash } as unknown as VersionRecord;
  score.mockClear();
  return first;
}

/** A log that knows the first evaluation only. */
async function stepsOfFirst() {
  const { steps } = stepDeps();
  for (const record of await deps.steps.listSteps('first')) await steps.record(record);
  return steps;
}

it('an evaluation against another champion takes the scores of the earlier one, and says the same', async () => {
  const first = await evaluateFirst();
  const again = await evaluate('again');
  expect(score).not.toHaveBeenCalled();
  expect(again).not.toHaveProperty('reusedFrom');
  expect(again.championVersion).toBe('1.0.0');
  expect(again.metrics[0]).toEqual(first.metrics[0]);
  const [step] = await deps.steps.listSteps('again');
  expect(step!.input.scoredIn).toBe(first.evaluationHash);

  const computed = await evaluate('computed', { cache: false });
  expect(score).toHaveBeenCalled();
  // The hash covers scores, metrics, comparisons, gates and notes.
  expect(computed).toEqual(again);
  score.mockClear();
  expect(await evaluate('repeated')).toEqual({ ...computed, reusedFrom: expect.any(String) as string });
  expect(score).not.toHaveBeenCalled();
});

it('scores again with another seed, other code, another data set, and where the scores are lost', async () => {
  const { evaluationHash } = await evaluateFirst();
  const scores = async (...[given, own]: [Partial<Evaluate>?, Partial<TrainingActivityDeps>?]): Promise<boolean> => {
    const steps = await stepsOfFirst();
    score.mockClear();
    await evaluate('other', given, { steps, ...own });
    return score.mock.calls.length > 0;
  };
  expect(await scores()).toBe(false);
  expect(await scores({ seed: 43 })).toBe(true);
  expect(await scores({}, { codeOf: () => 'd'.repeat(64) })).toBe(true);
  expect(await scores({ dataset: await storeCreditDataset(deps.blobs, 2) })).toBe(true);
  const { scoredHash } = await loadEvaluation(deps.blobs, evaluationHash);
  await rm(await deps.blobs.localPath(scoredHash), { force: true });
  expect(await scores()).toBe(true);
});

it('takes scores of the champion only from an evaluation by the present code', async () => {
  await evaluateFirst();
  const params = model.params.parse({ nEstimators: 11, maxDepth: 2 }) as Record<string, unknown>;
  const step = { runKey: 'other', modelName: MODEL, dataset, seed: 42, params };
  const { artefactHash } = await inActivity(() => createTrainingActivities(deps).fitModel(step));
  const change = { artefactHash, definitionHash: 'd'.repeat(64) };
  const scored = async (...[given, own]: [Partial<Evaluate>?, Partial<TrainingActivityDeps>?]) => {
    score.mockClear();
    const { comparisons } = await evaluate('other', { ...change, ...given }, own);
    return { parts: score.mock.calls.length, comparisons };
  };
  const { parts: challengerOnly, comparisons } = await scored({}, { steps: await stepsOfFirst() });
  const changedCode = await scored({}, { codeOf: () => 'e'.repeat(64), steps: await stepsOfFirst() });
  expect(changedCode).toEqual({ parts: 2 * challengerOnly, comparisons });
  const computed = await scored({ cache: false }, { steps: await stepsOfFirst() });
  expect(computed).toEqual({ parts: 2 * challengerOnly, comparisons });
});

it('calls the artefact of a version that is no champion a repetition of that version', async () => {
  await evaluateFirst();
  champion = {
    ...champion!,
    version: '1.1.0',
    artefactHash: fitted.artefactHash.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')),
  };
  const older = { ...champion, version: '1.0.0', ...fitted };
  const registry = { ...deps.registry, listVersions: async () => [older] } as TrainingActivityDeps['registry'];
  const { gates } = await evaluate('repeated', {}, { registry });
  expect(gates.find(({ gate }) => gate.startsWith('against champion'))).toMatchObject({
    passed: true,
    finding: 'repetition: same data and definition as version 1.0.0; no rule is judged',
  });
});
