import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunner } from '../../composition/activities.js';
import type { TrainModelResult } from '../../contracts/workflows.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { findModel } from '../../models/catalogue.js';
import type { JobRequest } from '../../platform/child-process/job.js';
import { projectRoot } from '../../platform/project.js';
import { MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { attemptsOf } from '../support/histories.js';
import { killChildOnce, type PerformedJob } from '../support/kill-child.js';
import { startS3Server } from '../support/s3-server.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';
import { tinyEncoderFiles } from '../support/tiny-encoder.js';

const settings = { HEARTBEAT_TIMEOUT_SECONDS: '10', TRAINING_SLOTS: '1' };

interface Killed {
  readonly result: TrainModelResult;
  readonly attempts: Readonly<Record<string, number>>;
  readonly jobs: readonly PerformedJob[];
  readonly killedAt: PerformedJob['steps'][number];
}

/** One training whose computing process is killed once, at the first progress for which `when` is true. */
async function trainKilled(
  platform: TestPlatform,
  input: object,
  when: (request: JobRequest, step: PerformedJob['steps'][number]) => boolean,
): Promise<Killed> {
  const { config, endpoints, client, queue } = platform;
  const killing = killChildOnce(createRunner(config, endpoints, { progressIntervalMs: 0 }), when);
  await platform.startWorkers(['pipeline', 'training'], { runner: killing.runner });
  const workflowId = platform.id('killed-child');
  const options = { workflowId, taskQueue: queue, args: [input] };
  const result = (await client.workflow.execute('trainModel', options)) as TrainModelResult;
  const attempts = await attemptsOf(client, workflowId);
  return { result, attempts, jobs: killing.jobs, killedAt: killing.killedAt()! };
}

/** Stores a model's fixture as an imported file. */
async function storeFixture({ services }: TestPlatform, modelName: string, file: string): Promise<string> {
  const model = await findModel(modelName);
  const path = join(projectRoot, 'models', modelName, 'fixtures', file);
  const { format, table, fileHash, fileName } = await readDataFile(path, model.fileFormats);
  const origin = { kind: 'file' as const, fileHash, fileName, format: format.name };
  const ref = { modelName, line: format.schema.line, origin, notes: [] };
  return (await storeDataset(services.blobs, { table, schema: format.schema, ref })).hash;
}

/** The steps of one stage in each attempt of a job. */
const attemptsAt = (jobs: readonly PerformedJob[], job: string, stage: string): readonly number[][] =>
  jobs
    .filter((performed) => performed.job === job)
    .map(({ steps }) => steps.filter((step) => step.stage === stage).map(({ done }) => done));

const possible = hasTemporal() && process.platform === 'linux';

describe.skipIf(!possible)('a computing process killed while it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-tiny-encoder-'));
    const { config, tokenizer, weights } = tinyEncoderFiles();
    await writeFile(join(folder, 'config.json'), config);
    await writeFile(join(folder, 'tokenizer.json'), tokenizer);
    await writeFile(join(folder, 'model.safetensors'), weights);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('fine-tunes an encoder continues from its last checkpoint', async () => {
    const platform = await createTestPlatform({ ...settings, ENCODER_PATH: folder });
    try {
      const modelName = 'intent-classifier';
      const datasetHash = await storeFixture(platform, modelName, 'intents.csv');
      const params = { engine: 'fine-tuned', augmentation: 'none', epochs: 4, batchSize: 8 };
      const input = { modelName, datasetHash, params };
      const killed = await trainKilled(
        platform,
        input,
        (_, { stage, done, total }) => stage === 'fine-tuning' && done > total / 2 + 2,
      );
      expect(killed.attempts.fitModel).toBe(2);
      const [before, after] = attemptsAt(killed.jobs, 'fitModel', 'fine-tuning');
      expect(before![0]).toBe(1);
      // A checkpoint is saved after each of the four epochs, the last one before the kill after the second.
      expect(after![0]).toBeGreaterThanOrEqual(killed.killedAt.total / 2);
      expect(after![0]).toBeLessThanOrEqual(killed.killedAt.done + 1);
      expect(killed.result.metrics.length).toBeGreaterThan(0);
    } finally {
      await platform.close();
    }
  });

  it('computes one shard is replaced for that shard alone', async () => {
    const platform = await createTestPlatform(settings);
    try {
      const modelName = 'spending-predictor';
      const datasetHash = await storeFixture(platform, modelName, 'transactions.csv');
      const shardOf = ({ input }: Pick<JobRequest, 'input'>): number | undefined =>
        (input as { readonly shard?: { readonly index: number } }).shard?.index;
      const input = { modelName, datasetHash, params: { rowsPerShard: 1500, origins: 2 } };
      const killed = await trainKilled(
        platform,
        input,
        (request, { done }) => request.job === 'fitShard' && shardOf(request) === 1 && done >= 1,
      );
      const shards = killed.jobs.filter(({ job }) => job === 'fitShard').map(shardOf);
      expect(new Set(shards).size).toBeGreaterThanOrEqual(2);
      expect(shards.filter((index) => index === 1)).toHaveLength(2);
      expect(shards).toHaveLength(new Set(shards).size + 1);
      expect(killed.jobs.filter(({ job }) => job === 'fitModel')).toHaveLength(1);
    } finally {
      await platform.close();
    }
  });
});

/** Trees of the fit and of the folds of its calibration. */
const growsTrees = ({ stage }: PerformedJob['steps'][number]): boolean => /^(boosting|calibration)/.test(stage);

/** Checkpoints are due each second, so that one has been saved when trees have been grown for longer. */
function afterCheckpoint() {
  let began: number | null = null;
  return (_: JobRequest, step: PerformedJob['steps'][number]): boolean => {
    if (!growsTrees(step)) return false;
    began ??= performance.now();
    return performance.now() - began > 1100;
  };
}

const server = await startS3Server();
if ('unavailable' in server) process.stderr.write(`skipped: a kill with blobs in S3: ${server.unavailable}\n`);

describe.skipIf('unavailable' in server || !possible)('with blobs in S3, a computing process killed while it', () => {
  const bucket = `blobs-${randomUUID()}`;
  const former = { ...process.env };
  const access = {
    AWS_ENDPOINT_URL: 'endpoint' in server ? server.endpoint : '',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  beforeAll(async () => {
    Object.assign(process.env, access);
    const location = { LocationConstraint: 'eu-central-1' as const };
    const order = { Bucket: bucket, CreateBucketConfiguration: location };
    await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand(order));
  });
  afterAll(async () => {
    for (const name of Object.keys(access)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, former);
    if ('stop' in server) await server.stop();
  });

  it('boosts continues from its last checkpoint, to the artefact of an undisturbed run', async () => {
    const platform = await createTestPlatform(settings, { artifactUri: `s3://${bucket}/run` });
    try {
      const { services, client, queue } = platform;
      const { hash: datasetHash } = await storeCreditDataset(services.blobs);
      const input = { modelName: MODEL, datasetHash, params: { nEstimators: 400, maxDepth: 6 } };
      const killed = await trainKilled(platform, input, afterCheckpoint());
      expect(killed.attempts.fitModel).toBe(2);
      const workflowId = platform.id('undisturbed');
      const args = [{ ...input, cache: false }];
      await client.workflow.execute('trainModel', { workflowId, taskQueue: queue, args });
      const runs = await services.registry.listRuns({ modelName: MODEL });
      const [artefactHash, ...others] = runs.map((run) => run.artefactHash!);
      expect(others).toEqual([artefactHash]); // the same byte for byte
      expect(await services.blobs.has(artefactHash!)).toBe(true);
      const trees = killed.jobs
        .filter(({ job }) => job === 'fitModel')
        .map(({ steps }) => steps.filter(growsTrees).length);
      const [before, after, all] = trees as [number, number, number];
      expect(trees).toHaveLength(3);
      expect(after).toBeLessThan(all);
      expect(before + after).toBeGreaterThanOrEqual(all);
    } finally {
      await platform.close();
    }
  });
});
