import { beforeEach, describe, expect, it } from 'vitest';
import { MODEL } from '../tests/support/credit-dataset.js';
import { createRecordedRuns, RECORDED_CODE } from '../tests/support/recorded-runs.js';
import { findStart, type WantedStart } from './resume.js';

describe('findStart', () => {
  let recorded: Awaited<ReturnType<typeof createRecordedRuns>>;
  let presentCode: string;
  let running: boolean;

  beforeEach(async () => {
    recorded = await createRecordedRuns();
    [presentCode, running] = [RECORDED_CODE, false];
  });

  const start = (wanted: Partial<WantedStart>) =>
    findStart(
      { ...recorded, codeOf: () => presentCode, isRunning: () => Promise.resolve(running) },
      { modelName: MODEL, line: 'default', from: 'evaluation', rerunOf: null, force: false, ...wanted },
    );

  it('gives the results of the named run, with the holdout that its training kept out', async () => {
    await recorded.addCompleteRun('one');
    const found = await start({ rerunOf: 'w-one' });
    expect(found.run.runKey).toBe('one');
    expect(found.origin).toEqual({ snapshotHash: recorded.snapshotHash, datasetHash: null });
    expect(found.fitted).toMatchObject({
      trainedRows: 1,
      holdoutHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(found.fitted).not.toHaveProperty('checkpointKey');
  });

  it('takes the newest run of the line that got so far', async () => {
    await recorded.addCompleteRun('one');
    await recorded.addCompleteRun('two');
    recorded.addRun('three', { dataset: null, status: 'failed' });
    recorded.addRun('four', { line: 'berka' });
    expect((await start({})).run.runKey).toBe('two');
  });

  it('names an unknown run, and one that runs', async () => {
    await expect(start({ rerunOf: 'w-none' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    recorded.addRun('one', { status: 'running' });
    running = true;
    await expect(start({ rerunOf: 'w-one' })).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('says from which stages a run can be repeated that never reached the wanted one', async () => {
    recorded.addRun('one', { dataset: null });
    await expect(start({ rerunOf: 'w-one', from: 'dataset' })).rejects.toMatchObject({
      code: 'STAGE_NOT_REACHED',
      message: 'w-one recorded nothing that the stage dataset could start from; it can be repeated from: data',
    });
    await recorded.addCompleteRun('two');
    await expect(start({ rerunOf: 'w-two', from: 'registration' })).rejects.toMatchObject({
      code: 'STAGE_NOT_REACHED',
      details: { reached: 'data, dataset, training, evaluation' },
    });
    await expect(start({ modelName: 'other' })).rejects.toMatchObject({ code: 'STAGE_NOT_REACHED' });
  });

  it('names what is no longer stored: snapshot, data set, artefact', async () => {
    await recorded.addCompleteRun('one');
    const { blobs, snapshotHash, dataset } = recorded;
    const lost = async (from: WantedStart['from'], blob: string, what: string): Promise<void> => {
      const bytes = await blobs.get(blob);
      blobs.lose(blob);
      const refused = start({ rerunOf: 'w-one', from });
      await expect(refused).rejects.toMatchObject({ code: 'RESULT_NOT_STORED', details: { what, from } });
      await blobs.put(bytes);
      await expect(start({ rerunOf: 'w-one', from })).resolves.toBeDefined();
    };
    await lost('dataset', snapshotHash, 'snapshot');
    await lost('training', dataset.hash, 'data set');
    const { artefactHash } = (await start({})).fitted!;
    await lost('evaluation', artefactHash, 'artefact');
  });

  it('refuses results of other code unless forced, and only those that it would take', async () => {
    await recorded.addCompleteRun('one');
    presentCode = 'd'.repeat(64);
    await expect(start({ rerunOf: 'w-one' })).rejects.toMatchObject({
      code: 'CODE_CHANGED',
      details: { steps: ['prepareDataset', 'validateDataset', 'fitModel'] },
    });
    await expect(start({ rerunOf: 'w-one', force: true })).resolves.toBeDefined();
    await expect(start({ rerunOf: 'w-one', from: 'dataset' })).resolves.toBeDefined();
  });
});
