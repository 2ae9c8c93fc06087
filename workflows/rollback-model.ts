import './zod-without-eval.js';
import { workflowInfo } from '@temporalio/workflow';
import type { RollbackModelInput, RollbackModelResult } from '../contracts/workflows.js';
import { rollbackModelInput } from '../contracts/workflows.js';
import { namedLine, onlyLineIn } from './choose.js';
import { parseInput } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import { setSearchAttributes, showProgress, sourceAttribute } from './visibility.js';

/** As in promoteModel: one artefact, one sample. */
const SMOKE_TEST_SILENCE_MS = 120_000;

/** Makes the former production version production again and smoke-tests it. */
export async function rollbackModel(input: RollbackModelInput = {}): Promise<RollbackModelResult> {
  const request = parseInput(rollbackModelInput, input);
  const { modelName, line } = namedLine(request) ?? (await onlyLineIn('production', input));
  const { from, reason, requestedBy: actor } = request;
  const runKey = workflowInfo().firstExecutionRunId;
  const table = showProgress(['rollback', 'smoke test']);
  table.onLine(line);
  setSearchAttributes({ ModelName: modelName, ...sourceAttribute(line) });

  table.enter('rollback');
  table.mark('rollback', 'running');
  const order = { runKey, modelName, line, from, actor, reason };
  const { version } = await bookkeeping('Roll back').rollbackVersion(order);
  table.mark('rollback', 'done', version);

  table.enter('smoke test');
  table.mark('smoke test', 'running');
  const target = { modelName, line, version, toStage: 'production' as const };
  const smokeTest = await dataStep('Smoke test', SMOKE_TEST_SILENCE_MS).smokeTest(target);
  table.mark('smoke test', smokeTest.passed ? 'done' : 'failed', smokeTest.finding);
  setSearchAttributes({ Decision: 'rolled-back' });
  return { modelName, line, version, smokeTest };
}
