import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuild } from '../../cli/build/ensure-build.mjs';
import { projectRoot } from '../../platform/project.js';
import { bundleWorkflows } from '../../workers/workflow-code.js';
import { historyFolder, historyOf, type RecordedHistory } from '../support/save-history.js';

const files = readdirSync(historyFolder).filter((name) => name.endsWith('.json'));
const read = (file: string): RecordedHistory =>
  JSON.parse(readFileSync(join(historyFolder, file), 'utf8')) as RecordedHistory;

const forms = {
  source: () => Promise.resolve(join(projectRoot, 'workflows', 'index.ts')),
  compiled: async () => join(await ensureBuild(projectRoot), 'workflows', 'index.js'),
};

// One test replays a changed history; the error that Temporal logs for it is expected.
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });

describe.each(['source', 'compiled'] as const)('recorded workflow histories, workflows from %s code', (form) => {
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    workflowBundle = await bundleWorkflows(await forms[form](), logger);
  }, 60_000);

  it('exist for each kind of run', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'data-pipeline-completed.json',
        'data-pipeline-rejected.json',
        'master-training-proposed.json',
        'promote-model-cancelled.json',
        'promote-model-promoted.json',
        'promote-model-rolled-back.json',
        'promote-model-superseded.json',
        'train-model-registered.json',
        'train-model-unchanged.json',
      ]),
    );
  });

  it.each(files)('%s replays with the present workflow code', async (file) => {
    const recorded = read(file);
    await Worker.runReplayHistory({ workflowBundle, replayName: file }, historyOf(recorded), recorded.workflowId);
  });

  it('fail to replay when the scheduled activity differs', async () => {
    const text = JSON.stringify(read('train-model-registered.json')).replaceAll('"prepareDataset"', '"anotherStep"');
    const changed = JSON.parse(text) as RecordedHistory;
    const replay = Worker.runReplayHistory({ workflowBundle }, historyOf(changed), changed.workflowId);
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });
});
