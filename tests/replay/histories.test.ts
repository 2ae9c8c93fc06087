import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuild } from '../../cli/build/ensure-build.mjs';
import { projectRoot } from '../../platform/project.js';
import { bundleWorkflows } from '../../workers/workflow-code.js';
import * as workflows from '../../workflows/all.js';
import { bundlePlanted } from '../support/planted-workflows.js';
import {
  historyFiles,
  historyOf,
  patchesOf,
  readHistory,
  type RecordedHistory,
  taskQueueOf,
  workflowTypeOf,
} from '../support/save-history.js';

const files = historyFiles();

const forms = {
  source: () => Promise.resolve(join(projectRoot, 'workflows', 'index.ts')),
  compiled: async () => join(await ensureBuild(projectRoot), 'workflows', 'index.js'),
};

// Some tests replay what must fail; the errors that Temporal logs for it are expected.
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });

function replay(workflowBundle: WorkflowBundleWithSourceMap, recorded: RecordedHistory): Promise<void> {
  // The SDK takes it, though its types leave it out: ids of locks begin with the prefix of the queue.
  const options = { workflowBundle, taskQueue: taskQueueOf(recorded) };
  return Worker.runReplayHistory(options, historyOf(recorded), recorded.workflowId);
}

describe('recorded workflow histories', () => {
  const recorded = files.map(readHistory);

  it.each(Object.keys(workflows))('exist of the workflow %s (else: npm run record-histories)', (name) => {
    expect(recorded.map(workflowTypeOf)).toContain(name);
  });

  it('hold neither paths nor the name of the machine that recorded', () => {
    const text = JSON.stringify(recorded);
    const traces = [...text.matchAll(/"stackTrace":"([^"]*)/g)].map(([, trace]) => trace);
    expect(traces.length).toBeGreaterThan(0);
    expect(traces.filter((trace) => trace !== '')).toEqual([]);
    expect(text.match(/"\d+@[^"]*/g)).toBeNull();
  });

  it('have gone through every change that is marked with patched()', () => {
    const folder = join(projectRoot, 'workflows');
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const text = sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    const changes = [...text.matchAll(/\bpatched\('([^']+)'\)/g)].map(([, id]) => id!);
    expect(changes.length).toBeGreaterThan(3);
    expect(recorded.flatMap(patchesOf)).toEqual(expect.arrayContaining(changes));
  });
});

describe.each(['source', 'compiled'] as const)('recorded workflow histories, workflows from %s code', (form) => {
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    workflowBundle = await bundleWorkflows(await forms[form](), logger);
  }, 60_000);

  it.each(files)('%s replays with the present workflow code', async (file) => {
    await replay(workflowBundle, readHistory(file));
  });

  it('fail to replay when the scheduled activity differs', async () => {
    const text = JSON.stringify(readHistory('train-model-registered.json'));
    const changed = JSON.parse(text.replaceAll('"prepareDataset"', '"anotherStep"')) as RecordedHistory;
    await expect(replay(workflowBundle, changed)).rejects.toThrow(DeterminismViolationError);
  });
});

describe('a change of the workflows that running ones could not continue with', () => {
  let planted: WorkflowBundleWithSourceMap;
  let guarded: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    planted = await bundlePlanted(`await plantedSleep('1 second');`, logger);
    guarded = await bundlePlanted(`if (planted('planted')) await plantedSleep('1 second');`, logger);
  }, 120_000);

  it.each(files)('fails the replay of %s, and passes when it is marked with patched()', async (file) => {
    const recorded = readHistory(file);
    await expect(replay(planted, recorded)).rejects.toThrow(DeterminismViolationError);
    await expect(replay(guarded, recorded)).resolves.toBeUndefined();
  });
});
