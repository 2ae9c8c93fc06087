import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StepLog, StepRecord } from '../../contracts/steps.js';
import { sha256 } from '../../platform/blobs/hash.js';

const stepOf = (runKey: string, changed: Partial<StepRecord> = {}): StepRecord => ({
  runKey,
  workflowId: `w/${runKey}`,
  step: 'fitModel',
  part: 0,
  modelName: 'credit-risk-scorer',
  cacheKey: sha256(`key of ${runKey}`),
  code: sha256('code'),
  input: { seed: 42, params: { depth: 3 } },
  output: { artefactHash: sha256('artefact'), bytes: 12 },
  environment: { node: '20.20.2', architecture: 'x64', platform: 'linux' },
  codeVersion: '0.1.0',
  computedBy: { runKey, workflowId: `w/${runKey}` },
  ...changed,
});

/** What every step log does. */
export function checkStepLog(open: () => StepLog): void {
  describe('step log', () => {
    it('returns records as they were made, in the order of a run', async () => {
      const log = open();
      const run = randomUUID();
      const records = [
        stepOf(run, { step: 'evaluateModel', modelName: null }),
        stepOf(run, { step: 'fitShard', part: 11 }),
        stepOf(run, { step: 'fitShard', part: 2 }),
        stepOf(run, { step: 'prepareDataset', computedBy: { runKey: 'earlier', workflowId: 'w/earlier' } }),
      ];
      for (const record of records) await log.record(record);
      expect(await log.listSteps(run)).toEqual(records.toReversed());
      expect(await log.listSteps(randomUUID())).toEqual([]);
    });

    it('replaces the record of a repeated step', async () => {
      const log = open();
      const run = randomUUID();
      await log.record(stepOf(run));
      const again = stepOf(run, { cacheKey: sha256(run), output: { bytes: 13 } });
      await log.record(again);
      expect(await log.listSteps(run)).toEqual([again]);
    });

    it('lists the steps of a workflow and of those below it since a moment', async () => {
      const log = open();
      const id = `retraining-${randomUUID()}`;
      const [own, below] = [stepOf('a', { workflowId: id, runKey: id }), stepOf('b', { workflowId: `${id}/credit` })];
      const other = stepOf('c', { workflowId: `${id}-2/credit`, runKey: `${id}-2` });
      for (const record of [own, { ...below, runKey: `${id}/credit` }, other]) await log.record(record);
      const listed = await log.listStepsOf(id, new Date(Date.now() - 60_000));
      expect(listed.map(({ runKey }) => runKey).sort()).toEqual([id, `${id}/credit`]);
      expect(await log.listStepsOf(id, new Date(Date.now() + 60_000))).toEqual([]);
    });

    it('finds the newest record of a step with fields of its input', async () => {
      const log = open();
      const snapshotHash = sha256(randomUUID());
      const [first, second] = ['first', 'second'].map((name) =>
        stepOf(`${name} ${snapshotHash}`, { step: 'validateSnapshot', input: { snapshotHash, share: 0.02 } }),
      );
      for (const record of [first!, second!]) await log.record(record);
      expect(await log.findByInput('validateSnapshot', { snapshotHash })).toEqual(second);
      expect(await log.findByInput('fitModel', { snapshotHash })).toBeNull();
    });

    it('finds the newest record of a key', async () => {
      const log = open();
      const cacheKey = sha256(randomUUID());
      expect(await log.findByKey(cacheKey)).toBeNull();
      const [first, second] = [stepOf(randomUUID(), { cacheKey }), stepOf(randomUUID(), { cacheKey })];
      await log.record(first);
      await log.record(second);
      expect(await log.findByKey(cacheKey)).toEqual(second);
    });
  });
}
