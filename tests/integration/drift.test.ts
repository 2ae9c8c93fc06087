import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showRun } from '../../cli/views/runs-view.js';
import type { CheckDriftResult, DriftDecision } from '../../contracts/drift.js';
import { type MasterTrainingResult, type TrainModelResult, workflowIds } from '../../contracts/workflows.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { numberColumn } from '../../learning/table.js';
import { createAlertBook } from '../../monitoring/alerts/alerts.js';
import { listDecisions } from '../../monitoring/drift/drift-log.js';
import { driftScores } from '../../monitoring/drift/drift-scores.js';
import { windowText } from '../../monitoring/drift/window-text.js';
import { findModel } from '../../models/catalogue.js';
import { type KeyRing, openKeyRing } from '../../platform/keys/key-ring.js';
import { FILE_LINE, MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { type GivenAnswer, logAnswers } from '../support/logged-answers.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';
import { captureCommand } from '../support/view-context.js';
import { startFleet } from '../support/worker-fleet.js';

const DAY_MS = 86_400_000;
/** Far enough apart that no two windows share a day. */
const windowEnd = (index: number): number => Date.UTC(2026, 2, 1) + index * 20 * DAY_MS;

/** The credit model on the line of its fixture, and a source of that name whose retraining ends `skipped`. */
describe.skipIf(!hasTemporal())('checkDrift', () => {
  let platform: TestPlatform;
  let keys: KeyRing;
  let inputs: readonly { readonly requestedAmount: number; readonly termMonths: number }[];

  beforeAll(async () => {
    platform = await createTestPlatform({ HEARTBEAT_TIMEOUT_SECONDS: '10', DRIFT_COOLDOWN_DAYS: '7' });
    const { services, client, queue, config } = platform;
    keys = await openKeyRing(config);
    const dataset = await storeCreditDataset(services.blobs, 2);
    const { table } = await loadDataset(services.blobs, dataset.hash);
    const [amounts, terms] = [numberColumn(table, 'requestedAmount'), numberColumn(table, 'termMonths')];
    inputs = Array.from(amounts, (requestedAmount, i) => ({ requestedAmount, termMonths: terms[i]! }));
    await addSource(platform);
    await platform.startWorkers(['pipeline', 'training']);
    const args = [{ modelName: MODEL, datasetHash: dataset.hash }];
    const trained = (await client.workflow.execute('trainModel', { workflowId: platform.id('t'), taskQueue: queue, args })) as TrainModelResult; // prettier-ignore
    expect(trained).toMatchObject({ decision: 'registered', version: '1.0.0' });
  }, 300_000);
  afterAll(() => platform.close());

  const check = (name: string, index: number): Promise<CheckDriftResult> =>
    platform.client.workflow.execute('checkDrift', {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, windowEnd: new Date(windowEnd(index)).toISOString() }],
    }) as Promise<CheckDriftResult>;

  const log = (index: number, change: (row: (typeof inputs)[number]) => object): Promise<void> => {
    const answers = inputs.map((row): GivenAnswer => ({ input: change(row), output: { probability: 0.2 } }));
    const named = { modelName: MODEL, line: FILE_LINE, version: '0.9.0' };
    const to = windowEnd(index);
    return logAnswers({ pool: platform.services.pool, keys }, named, { from: to - 7 * DAY_MS, to }, answers);
  };
  const openAlerts = async () => {
    const alerts = await createAlertBook(platform.services.pool, []).list({ openOnly: true, limit: 9 });
    return alerts.map(({ kind, subject, seen }) => [kind, subject, seen]);
  };
  /** Another distribution, which is no fault of the source. */
  const moved = (row: (typeof inputs)[number]) => ({
    requestedAmount: 2.5 * row.requestedAmount + 300_000,
    termMonths: row.termMonths + 24,
  });
  const SUBJECT = `${MODEL}/${FILE_LINE}`;

  it('decides nothing about a window without answers', async () => {
    const { lines } = await check('empty', 0);
    expect(lines).toMatchObject([{ line: FILE_LINE, version: '1.0.0', decision: 'undecided', retrainingId: null }]);
    expect(lines[0]!.reasons[0]).toContain('no answer');
    expect(await openAlerts()).toEqual([]);
  });

  it('finds no drift in answers about the rows that the version was judged on', async () => {
    await log(1, (row) => row);
    expect((await check('unmoved', 1)).lines).toMatchObject([{ decision: 'none', reasons: [] }]);
    await saveHistory(platform.client, platform.id('unmoved'), 'check-drift-none');
  });

  it.each([
    ['a field that is empty', 2, ({ termMonths }: { termMonths: number }) => ({ requestedAmount: null, termMonths }), /requestedAmount: 100\.0 % of/], // prettier-ignore
    ['a field that is gone', 3, ({ termMonths }: { termMonths: number }) => ({ termMonths }), /requestedAmount: 100\.0 % of/], // prettier-ignore
    ['an amount × 100', 4, ({ termMonths, requestedAmount: amount }: { termMonths: number; requestedAmount: number }) => ({ termMonths, requestedAmount: 100 * amount }), /requestedAmount: all quantiles are × 100/], // prettier-ignore
  ])('explains %s by a fault of the source: an alert and no retraining', async (_, index, change, finding) => {
    await log(index, change);
    const { lines } = await check(`fault-${index}`, index);
    expect(lines).toMatchObject([{ decision: 'source-fault', retrainingId: null }]);
    expect(lines[0]!.reasons.join('\n')).toMatch(finding);
    expect(await openAlerts()).toEqual([['source-fault', SUBJECT, index - 1]]);
  });

  let retrained: DriftDecision;

  it('starts one retraining for drift over the limit, with the reason in the run', async () => {
    await log(5, moved);
    const { lines } = await check('drift', 5);
    [retrained] = lines as [DriftDecision];
    expect(retrained.decision).toBe('retrain');
    expect(retrained.reasons[0]).toMatch(/of the columns drifted, wanted at most 30 %: (requestedAmount|termMonths)/);
    expect(await openAlerts()).toEqual([['data-drift', SUBJECT, 1]]);
    const { client, services } = platform;
    const result = (await client.workflow.getHandle(retrained.retrainingId!).result()) as MasterTrainingResult;
    expect(result).toMatchObject({ source: FILE_LINE, models: [{ result: { decision: 'skipped' } }] });
    const [decision] = await listDecisions(services.pool, { modelName: MODEL, line: FILE_LINE, limit: 1 });
    expect(decision).toMatchObject({ retrainingId: retrained.retrainingId, startedAt: expect.any(Number) as number });
    await saveHistory(client, platform.id('drift'), 'check-drift-retraining');
  });

  it('decides once about a window, however often it is checked', async () => {
    const { lines } = await check('drift-again', 5);
    expect(lines).toMatchObject([{ decision: 'retrain', retrainingId: retrained.retrainingId }]);
    expect(await openAlerts()).toEqual([['data-drift', SUBJECT, 1]]);
    const runs = await platform.services.registry.listRuns({ workflowId: retrained.retrainingId! });
    expect(runs).toHaveLength(1);
  });

  it('is told by the run, in words and as JSON, and finds the run by its trigger', async () => {
    const { client, config, endpoints, services } = platform;
    const connection = { services, endpoints, temporal: () => Promise.resolve(client) };
    const id = retrained.retrainingId!;
    const shown = captureCommand(config, connection);
    await showRun(shown.cli, id, false);
    const window = windowText(retrained.window);
    expect(shown.printed()).toContain(`started for drift in ${window}: ${retrained.reasons[0]}`);
    const [run] = await services.registry.listRuns({ workflowId: id });
    const asJson = captureCommand(config, connection, { json: true });
    await showRun(asJson.cli, run!.workflowId, false);
    const trigger = { kind: 'drift', window, reasons: retrained.reasons };
    expect(JSON.parse(asJson.printed())).toMatchObject({ workflowId: run!.workflowId, trigger });
    const byHand = captureCommand(config, connection, { json: true });
    await showRun(byHand.cli, platform.id('t'), false);
    expect(JSON.parse(byHand.printed())).toMatchObject({ trigger: null });
    const { runs } = await services.runBook.search({ where: "trigger = 'drift'", limit: 9 });
    expect(runs.map(({ workflowId }) => workflowId)).toEqual([run!.workflowId]);
  });

  it('raises an alert only within the cool-down', async () => {
    await log(6, moved);
    const { lines } = await check('cooled', 6);
    expect(lines).toMatchObject([{ decision: 'cool-down', retrainingId: null }]);
    expect(await openAlerts()).toEqual([['data-drift', SUBJECT, 2]]);
  });

  it('gives the scores of drift features for the metric, and resolves the alert when the drift is gone', async () => {
    const models = [await findModel(MODEL)];
    const scores = await driftScores(platform.services.pool, models, () => 0.3);
    const byColumn = new Map(scores.map(({ column, score }) => [column, score]));
    expect([...byColumn.keys()].sort()).toEqual(['all', 'requestedAmount', 'termMonths']);
    for (const score of byColumn.values()) expect(score).toBeGreaterThan(1);
    await log(7, (row) => row);
    expect((await check('settled', 7)).lines).toMatchObject([{ decision: 'none' }]);
    expect(await openAlerts()).toEqual([]);
  });

  it('starts a retraining when the lock is free that another one took between the last look and the start', async () => {
    const { client, queue, services } = platform;
    await services.pool.query(`update monitoring.drift_decisions set decided_at = decided_at - interval '8 days'`);
    await log(8, moved);
    // Without a parent the lock names no holder, as in the moment before its start: the look finds it free.
    const lock = { workflowId: workflowIds.retrainingLockOf(queue, FILE_LINE), taskQueue: platform.id('nobody') };
    const other = await client.workflow.start('retrainingLock', lock);
    const { lines } = await check('locked', 8);
    expect(lines).toMatchObject([{ decision: 'retrain' }]);
    const id = lines[0]!.retrainingId!;
    const { firstExecutionRunId } = (await client.workflow.getHandle(id).fetchHistory()).events![0]!.workflowExecutionStartedEventAttributes!; // prettier-ignore
    const first = client.workflow.getHandle(id, firstExecutionRunId!, { followRuns: false });
    await expect(first.result()).rejects.toThrow();
    expect(await services.registry.listRuns({ workflowId: id })).toEqual([]);
    await other.terminate();
    const result = (await client.workflow.getHandle(id).result()) as MasterTrainingResult;
    expect(result).toMatchObject({ status: 'completed', models: [{ result: { decision: 'skipped' } }] });
    expect((await check('locked-again', 8)).lines).toMatchObject([{ decision: 'retrain', retrainingId: id }]);
    expect(await services.registry.listRuns({ workflowId: id })).toHaveLength(1);
  });

  it('fails for good of anything but the lock', async () => {
    const { client, queue } = platform;
    const options = { workflowId: platform.id('no-source'), taskQueue: queue, retry: { initialInterval: '1 second' } };
    const args = [{ models: [MODEL], source: 'no-such-source', trigger: 'drift' }];
    const run = await client.workflow.start('masterTraining', { ...options, args });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'SOURCE_NOT_FOUND', nonRetryable: true } });
    expect((await client.workflow.getHandle(run.workflowId).describe()).runId).toBe(run.firstExecutionRunId);
  });

  it('refuses a window that has not ended, and an unknown model', async () => {
    await expect(faultOf(check('future', 1000))).resolves.toBe('INVALID_INPUT');
    const args = [{ modelName: 'no-such-model' }];
    const options = { workflowId: platform.id('unknown'), taskQueue: platform.queue, args };
    await expect(faultOf(platform.client.workflow.execute('checkDrift', options))).resolves.toBe('UNKNOWN_MODEL');
  });
});

/** Code of the fault that a workflow failed with. */
const faultOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => null,
    (failure: unknown) =>
      (failure as { readonly cause?: { readonly cause?: { readonly type?: string } } }).cause?.cause?.type,
  );

/** A source of the fixture's line with too few customers to learn from. */
async function addSource({ services: { backendPool, catalog } }: TestPlatform): Promise<void> {
  const batches = function* () {
    for (const { rows } of generateCustomers({ users: 4, months: 6 })) yield rows;
  };
  await replaceSource(backendPool, FILE_LINE, batches());
  await catalog.add(FILE_LINE, { users: 4 }, { activate: true });
}

describe.skipIf(!hasTemporal())('SIGKILL of a worker between alert and retraining', () => {
  it('starts the retraining once, on another worker', async () => {
    const platform = await createTestPlatform({ HEARTBEAT_TIMEOUT_SECONDS: '5' });
    const { services, client, queue, config, endpoints } = platform;
    const markerFile = join(fileURLToPath(endpoints.artifactUri), '..', 'died');
    try {
      const keys = await openKeyRing(config);
      const dataset = await storeCreditDataset(services.blobs, 2);
      await addSource(platform);
      const stop = await platform.startWorkers(['pipeline', 'training']);
      const args = [{ modelName: MODEL, datasetHash: dataset.hash }];
      await client.workflow.execute('trainModel', { workflowId: platform.id('t'), taskQueue: queue, args });
      await stop();
      const to = windowEnd(0);
      const input = { requestedAmount: 9_000_000, termMonths: 240 };
      const answers = Array.from({ length: 200 }, () => ({ input, output: { probability: 0.2 } }));
      const named = { modelName: MODEL, line: FILE_LINE, version: '1.0.0' };
      await logAnswers({ pool: services.pool, keys }, named, { from: to - DAY_MS, to }, answers);
      const roles = ['pipeline', 'training'] as const;
      const fleet = await startFleet({ config, endpoints, roles, dieAt: 'after-drift-decision', markerFile });
      try {
        const { lines } = (await client.workflow.execute('checkDrift', {
          ...{ workflowId: platform.id('killed'), taskQueue: queue },
          args: [{ modelName: MODEL, windowEnd: new Date(to).toISOString() }],
        })) as CheckDriftResult;
        expect(existsSync(markerFile)).toBe(true);
        expect(fleet.deaths()).toBe(1);
        expect(lines).toMatchObject([{ decision: 'retrain' }]);
        const id = lines[0]!.retrainingId!;
        await client.workflow.getHandle(id).result();
        expect(await services.registry.listRuns({ workflowId: id })).toHaveLength(1);
        const alerts = await createAlertBook(services.pool, []).list({ openOnly: true, limit: 9 });
        expect(alerts).toMatchObject([{ kind: 'data-drift', seen: 1 }]);
      } finally {
        await fleet.stop();
      }
    } finally {
      await platform.close();
    }
  }, 300_000);
});
