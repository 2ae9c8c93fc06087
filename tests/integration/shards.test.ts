import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { temporal } from '@temporalio/proto';
import { describe, expect, it } from 'vitest';
import type { TrainModelResult } from '../../contracts/workflows.js';
import { loadEvaluation } from '../../training/evaluation-document.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { findModel } from '../../models/catalogue.js';
import { projectRoot } from '../../platform/project.js';
import { createTestPlatform, hasTemporal } from '../support/test-platform.js';
import type { TestPlatform } from '../support/test-platform.js';
import { startFleet } from '../support/worker-fleet.js';

const MODEL = 'spending-predictor';
/** The fixture makes two shards of this size, customers in both. */
const params = { rowsPerShard: 1500, origins: 2 };
const settings = { HEARTBEAT_TIMEOUT_SECONDS: '5', TRAINING_SLOTS: '1' };

async function storeFixture({ services }: TestPlatform): Promise<{ hash: string; rows: number }> {
  const model = await findModel(MODEL);
  const path = join(projectRoot, 'models', MODEL, 'fixtures', 'transactions.csv');
  const { format, table, fileHash, fileName } = await readDataFile(path, model.fileFormats);
  const origin = { kind: 'file' as const, fileHash, fileName, format: format.name };
  const ref = { modelName: MODEL, line: format.schema.line, origin, notes: [] };
  return storeDataset(services.blobs, { table, schema: format.schema, ref });
}

/** The step's name, with the shard's index where it has one. */
function stepName(
  order: NonNullable<temporal.api.history.v1.IHistoryEvent['activityTaskScheduledEventAttributes']>,
): string {
  const text = new TextDecoder().decode(order.input?.payloads?.[0]?.data ?? new Uint8Array());
  const { shard } = JSON.parse(text) as { readonly shard?: { readonly index: number } };
  const name = order.activityType?.name ?? '';
  return shard === undefined ? name : `${name} ${shard.index}`;
}

/** Attempts of each shard's step by its index, and of the training itself. */
async function attemptsOf(platform: TestPlatform, workflowId: string) {
  const { events } = await platform.client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = new Map<string, string>();
  const attempts: Record<string, number> = {};
  for (const event of events ?? []) {
    const order = event.activityTaskScheduledEventAttributes;
    if (order) scheduled.set(String(event.eventId), stepName(order));
    const started = event.activityTaskStartedEventAttributes;
    if (started) attempts[scheduled.get(String(started.scheduledEventId)) ?? ''] = started.attempt ?? 0;
  }
  return attempts;
}

async function train(dieAt: 'never' | 'second-shard') {
  const platform = await createTestPlatform(settings);
  const { config, endpoints, client, queue } = platform;
  const markerFile = join(fileURLToPath(endpoints.artifactUri), '..', 'died');
  const dataset = await storeFixture(platform);
  const fleet = await startFleet({ config, endpoints, roles: ['training'], dieAt, markerFile });
  try {
    await platform.startWorkers(['pipeline']);
    const workflowId = platform.id('shards');
    const args = [{ modelName: MODEL, datasetHash: dataset.hash, params }];
    const options = { workflowId, taskQueue: queue, args };
    const result = (await client.workflow.execute('trainModel', options)) as TrainModelResult;
    const attempts = await attemptsOf(platform, workflowId);
    const { artefactHash } = await loadEvaluation(platform.services.blobs, result.reportHash!);
    return {
      result,
      attempts,
      artefactHash,
      rows: dataset.rows,
      deaths: fleet.deaths(),
      diedAt: existsSync(markerFile) ? readFileSync(markerFile, 'utf8') : null,
    };
  } finally {
    await fleet.stop();
    await platform.close();
  }
}

const shardsOf = (attempts: Readonly<Record<string, number>>): string[] =>
  Object.keys(attempts).filter((name) => name.startsWith('fitShard'));

describe.skipIf(!hasTemporal())('a killed shard', () => {
  it('is the only one repeated, and the artefact equals that of an undisturbed run', async () => {
    const undisturbed = await train('never');
    const count = Math.ceil(undisturbed.rows / params.rowsPerShard);
    expect(count).toBeGreaterThanOrEqual(2);
    expect(shardsOf(undisturbed.attempts)).toHaveLength(count);

    const killed = await train('second-shard');
    expect(killed).toMatchObject({ deaths: 1, diedAt: 'second shard' });
    for (const name of shardsOf(killed.attempts)) {
      if (name === 'fitShard 1') expect(killed.attempts[name]).toBeGreaterThanOrEqual(2);
      else expect(killed.attempts[name]).toBe(1);
    }
    expect(killed.attempts.fitModel).toBe(1);
    expect(killed.artefactHash).toBe(undisturbed.artefactHash);
    expect(killed.result.decision).toBe(undisturbed.result.decision);
    expect(killed.result.metrics).toEqual(undisturbed.result.metrics);
  }, 400_000);
});
