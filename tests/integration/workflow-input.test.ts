import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import type { PromoteModelResult } from '../../contracts/workflows.js';
import { MODEL } from '../support/credit-dataset.js';
import { registerVersion, stage, trainFixture } from '../support/registered-versions.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/** What a person can type into the form of the Temporal UI, or another program can send. */
describe.skipIf(!hasTemporal())('a workflow that is started with', () => {
  let platform: TestPlatform;
  let trained: ArtefactFiles;

  beforeAll(async () => {
    platform = await createTestPlatform();
    trained = await trainFixture();
    await platform.startWorkers(['pipeline']);
  });
  afterAll(() => platform.close());

  const start = (type: string, args: unknown[]) =>
    platform.client.workflow.start(type, {
      workflowId: platform.id(randomUUID()),
      taskQueue: platform.queue,
      args,
      workflowExecutionTimeout: '30 seconds', // one that hangs ends as timed out, which is no INVALID_INPUT
    });

  const failureOf = async (result: Promise<unknown>): Promise<ApplicationFailure> => {
    const fault = await result.then(
      () => null,
      (failure: unknown) => failure,
    );
    const cause = fault instanceof WorkflowFailedError ? fault.cause : fault;
    if (cause instanceof ApplicationFailure) return cause;
    throw new Error(`ended otherwise: ${String(cause)}`);
  };

  const refusalOf = async (type: string, ...args: unknown[]) => failureOf((await start(type, args)).result());

  it('a misspelt type, a misspelt field or a text ends with INVALID_INPUT, which says what was meant', async () => {
    const refusals = await Promise.all([
      refusalOf('trainmodel', {}),
      refusalOf('trainModel', { modelname: MODEL }),
      refusalOf('masterTraining', 'all'),
      refusalOf('dataPipeline', { asOf: 'yesterday' }),
    ]);
    expect(refusals.map(({ type }) => type)).toEqual(refusals.map(() => 'INVALID_INPUT'));
    const [type, field, text, date] = refusals.map(({ message }) => message);
    expect(type).toContain('there is no workflow "trainmodel"; the nearest is trainModel');
    expect(type).not.toContain('retrainingLock');
    expect(field).toContain('modelname: there is no input of this name; the nearest is modelName');
    expect(text).toContain('input: found a text of 3 characters, wanted an object');
    expect(date).toContain('asOf: string or null, default null');
  });

  it('{} names the models or versions to choose from, where there is not just one', async () => {
    const refusals = await Promise.all([
      refusalOf('trainModel', {}),
      refusalOf('promoteModel', {}),
      refusalOf('rollbackModel', {}),
      refusalOf('overrideRejection', {}),
      refusalOf('retrainingLock', {}),
    ]);
    expect(refusals.map(({ type }) => type)).toEqual(refusals.map(() => 'INVALID_INPUT'));
    const [train, promote, rollback, , lock] = refusals.map(({ message }) => message);
    expect(train).toContain(`{"modelName":"${MODEL}"}`);
    expect(promote).toContain('no version is in staging');
    expect(rollback).toContain('no version is in production');
    expect(lock).toContain('start masterTraining instead');
  });

  it('{} promotes the only line in staging, and names the lines when there are two', async () => {
    await stage(platform.services, await registerVersion(platform.services, trained));
    const handle = await start('promoteModel', [{ approvalHours: 0.0001 }]);
    expect((await handle.result()) as PromoteModelResult).toMatchObject({ status: 'expired', modelName: MODEL });

    const line = 'synthetic';
    await stage(platform.services, await registerVersion(platform.services, trained, { line }), line);
    const { message } = await refusalOf('promoteModel', {});
    expect(message).toContain(`{"modelName":"${MODEL}","line":"synthetic"}`);
    const demo = await start('promoteModel', [{ approvalHours: 0.0001, line }]);
    expect((await demo.result()) as PromoteModelResult).toMatchObject({ status: 'expired', line });
  });

  it('bytes that are no JSON, or of another encoding, ends with INVALID_INPUT', async () => {
    const { client, queue } = platform;
    /** Without the SDK's converter. */
    const raw = async (encoding: string, data: string) => {
      const workflowId = platform.id(randomUUID());
      const { workflowService } = client;
      await workflowService.startWorkflowExecution({
        namespace: client.options.namespace,
        workflowId,
        requestId: randomUUID(),
        workflowType: { name: 'masterTraining' },
        taskQueue: { name: queue },
        input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
        workflowExecutionTimeout: { seconds: 30 as never },
      });
      return failureOf(client.workflow.getHandle(workflowId).result());
    };
    const refusals = await Promise.all([raw('json/plain', '{oops'), raw('json/protobuf', '{}')]);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        type: 'INVALID_INPUT',
        message: expect.stringContaining('found a text') as unknown,
      });
  });
});
