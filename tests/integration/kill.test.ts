import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { messages, type TrainModelResult } from '../../contracts/workflows.js';
import { FILE_LINE, MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { attemptsOf, signalsOf } from '../support/histories.js';
import { countRecords, type RecordCounts } from '../support/record-counts.js';
import { createTestPlatform, hasTemporal } from '../support/test-platform.js';
import { startFleet } from '../support/worker-fleet.js';
import type { WorkerOrder } from '../support/worker-process.js';

/** Short, so that a lost worker is detected soon. */
const settings = { HEARTBEAT_TIMEOUT_SECONDS: '5', TRAINING_SLOTS: '1' };

/** Enough that boosting lasts beyond the round of the kill. */
const TREES = 80;

interface Course {
  readonly result: TrainModelResult;
  readonly counts: RecordCounts;
  readonly attempts: Record<string, number>;
  /** What the workflow was told for its current details. */
  readonly repetitions: readonly unknown[];
  readonly deaths: number;
  readonly diedAt: string | null;
}

/** One training with its own database, blobs and queues; the worker of `victim` runs in a process of its own. */
async function train(dieAt: WorkerOrder['dieAt'], victim: 'training' | 'pipeline' = 'training'): Promise<Course> {
  const platform = await createTestPlatform(settings);
  const { config, endpoints, services, client, queue } = platform;
  const markerFile = join(fileURLToPath(endpoints.artifactUri), '..', 'died');
  const dataset = await storeCreditDataset(services.blobs, 2);
  const fleet = await startFleet({ config, endpoints, roles: [victim], dieAt, markerFile });
  try {
    await platform.startWorkers([victim === 'training' ? 'pipeline' : 'training']);
    const workflowId = platform.id('kill');
    const args = [{ modelName: MODEL, datasetHash: dataset.hash, params: { nEstimators: TREES } }];
    const result = (await client.workflow.execute('trainModel', {
      workflowId,
      taskQueue: queue,
      args,
    })) as TrainModelResult;
    return {
      result,
      counts: await countRecords(services, FILE_LINE),
      attempts: await attemptsOf(client, workflowId),
      repetitions: await signalsOf(client, workflowId, messages.stepRepeats),
      deaths: fleet.deaths(),
      diedAt: existsSync(markerFile) ? readFileSync(markerFile, 'utf8') : null,
    };
  } finally {
    await fleet.stop();
    await platform.close();
  }
}

/** All records except the card, whose bytes contain the workflow and time of the run. */
const comparable = ({ counts }: Course) => ({ ...counts, blobs: counts.blobs.length });

/** Each has its own database, blobs and queues; together, because they mostly wait for a lost worker to be noticed. */
const startAll = () => ({
  undisturbed: train('never'),
  boosting: train('round-40-60'),
  committing: train('before-commit'),
  registering: train('before-registration', 'pipeline'),
});

describe.skipIf(!hasTemporal())('SIGKILL of a worker', () => {
  let courses: ReturnType<typeof startAll>;
  beforeAll(async () => {
    courses = startAll();
    await Promise.allSettled(Object.values(courses));
  }, 600_000);

  it('does not happen in an undisturbed run', async () => {
    const { result, counts, attempts, ...killed } = await courses.undisturbed;
    expect(killed).toEqual({ deaths: 0, diedAt: null, repetitions: [] });
    expect(result).toMatchObject({ decision: 'registered', version: '1.0.0' });
    expect(counts).toMatchObject({ versions: 1, transitions: 1, runs: 1 });
    expect(attempts.fitModel).toBe(1);
  });

  it('during boosting gives the result of an undisturbed run', async () => {
    const [undisturbed, boosting] = await Promise.all([courses.undisturbed, courses.boosting]);
    expect(boosting).toMatchObject({ deaths: 1, diedAt: expect.stringMatching(/^round (4\d|5\d|60)$/) as string });
    expect(boosting.attempts.fitModel).toBeGreaterThanOrEqual(2);
    expect(boosting.repetitions[0]).toMatch(/^fitModel, attempt 2 after WORKER_LOST: .*[Tt]imeout/);
    expect(boosting.result).toMatchObject({ decision: 'registered', version: '1.0.0' });
    expect(boosting.result.metrics).toEqual(undisturbed.result.metrics);
    expect(comparable(boosting)).toEqual(comparable(undisturbed));
  });

  it('after the artefact is stored gives the result of an undisturbed run', async () => {
    const [undisturbed, committing] = await Promise.all([courses.undisturbed, courses.committing]);
    expect(committing).toMatchObject({ deaths: 1, diedAt: 'before recordArtefact' });
    expect(committing.attempts.fitModel).toBeGreaterThanOrEqual(2);
    expect(committing.result).toMatchObject({ decision: 'registered', version: '1.0.0' });
    expect(comparable(committing)).toEqual(comparable(undisturbed));
  });

  it('before the registry commit registers exactly one version', async () => {
    const course = await courses.registering;
    expect(course).toMatchObject({ deaths: 1, diedAt: 'before register' });
    expect(course.attempts.registerModel).toBeGreaterThanOrEqual(2);
    expect(course.result).toMatchObject({ decision: 'registered', version: '1.0.0' });
    expect(course.counts).toMatchObject({ versions: 1, transitions: 1, runs: 1 });
  });
});
