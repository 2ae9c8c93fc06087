import { expect, it } from 'vitest';
import { findModel } from '../models/catalogue.js';
import { MODEL } from '../tests/support/credit-dataset.js';
import { createRecordedRuns } from '../tests/support/recorded-runs.js';
import { stepDeps } from '../tests/support/memory-step-log.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { planTraining } from './plan-training.js';

const nothing = (): Promise<void> => Promise.resolve();

it('a run that starts in the middle reads the data set as the stages before stored it', async () => {
  const recorded = await createRecordedRuns();
  await recorded.addCompleteRun('one');
  const { blobs, steps, dataset } = recorded;
  const registry = { ...recorded.registry, startRun: nothing, recordDataset: nothing, recordArtefact: nothing };
  const models = { find: findModel, list: () => Promise.resolve([]) };
  const config = { heartbeatTimeoutSeconds: 30, reportUrl: '/reports/' };
  const deps = { ...stepDeps(), blobs, steps, registry, models, config } as unknown as TrainingActivityDeps;
  const rows = { line: null, source: null, snapshotHash: null, datasetHash: null };
  const wanted = {
    modelName: MODEL,
    seed: null,
    params: {},
    update: false,
    reason: null,
    force: false,
    policy: null,
    ...rows,
  };
  for (const from of ['training', 'evaluation'] as const) {
    const { start } = await planTraining(deps, {
      runKey: 'two',
      workflowId: 'w-two',
      ...wanted,
      from,
      rerunOf: 'w-one',
    });
    expect(start).toMatchObject({ from, rerunOf: 'w-one' });
    // Without the zone, which the registry does not record, a step would read other times and not find its result.
    expect(dataset.timeZone).toBe('Europe/Prague');
    expect(start?.dataset).toEqual(dataset);
  }
});
