import './zod-without-eval.js';
import { workflowInfo } from '@temporalio/workflow';
import type { OverriddenRun } from '../contracts/registry.js';
import type { OverrideRejectionInput, OverrideRejectionResult } from '../contracts/workflows.js';
import { overrideRejectionWorkflowInput } from '../contracts/workflows.js';
import { parseInput, required } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import type { ProgressTable } from './visibility.js';
import { setSearchAttributes, showProgress, sourceAttribute } from './visibility.js';

/** As in promoteModel: one artefact, one sample. */
const SMOKE_TEST_SILENCE_MS = 120_000;
const CARD_SILENCE_MS = 120_000;

interface Override {
  readonly modelName: string;
  /** Also the key of the promotion, so that a repeated override moves the version once. */
  readonly rejectedRunKey: string;
  readonly actor: string;
  readonly reason: string;
  readonly table: ProgressTable;
}

/**
 * Registers the artefact of a run that its gates rejected: a person takes the responsibility with a name and a reason.
 * The card is written anew and the smoke test runs; only with a passed smoke test the version goes on to staging.
 * Production is closed to it.
 */
export async function overrideRejection(input: OverrideRejectionInput = {}): Promise<OverrideRejectionResult> {
  const request = parseInput(overrideRejectionWorkflowInput, input);
  const table = showProgress(['registration', 'card', 'smoke test', 'promotion']);
  const override = {
    modelName: required(request.modelName, 'modelName'),
    rejectedRunKey: required(request.rejectedRunKey, 'rejectedRunKey'),
    actor: request.requestedBy,
    reason: required(request.reason === '' ? null : request.reason, 'reason'),
    table,
  };
  setSearchAttributes({ ModelName: override.modelName });

  const registered = await register(override);
  const cardHash = await writeCard(override, registered);
  const smokeTest = await runSmokeTest(override, registered);
  const isMoved = request.toStage === 'staging' && smokeTest.passed;
  const stage = isMoved ? await toStaging(override, registered) : (registered.stage ?? 'dev');
  setSearchAttributes({ Decision: registered.decision, ...sourceAttribute(registered.line) });
  const { modelName } = override;
  const { line, version, reasons } = registered;
  return { modelName, line, version, stage, smokeTest, reasons, cardHash };
}

async function register({ table, ...override }: Override): Promise<OverriddenRun> {
  table.enter('registration');
  table.mark('registration', 'running');
  const registered = await bookkeeping('Register against the gates').overrideRejection(override);
  table.mark('registration', 'done', `${registered.decision} ${registered.version}`);
  return registered;
}

/** The rejected run's card says "rejected"; the version's says who registered it and why. */
async function writeCard(
  { modelName, rejectedRunKey: runKey, table }: Override,
  registered: OverriddenRun,
): Promise<string> {
  table.enter('card');
  table.mark('card', 'running');
  const { line, version, decision, reasons, evaluationHash, definitionHash } = registered;
  const card = { runKey, modelName, line, version, decision, reasons, evaluationHash, definitionHash };
  const { cardHash } = await dataStep('Write model card', CARD_SILENCE_MS).writeCard(card);
  table.mark('card', 'done', cardHash.slice(0, 12));
  return cardHash;
}

async function runSmokeTest({ modelName, table }: Override, { line, version }: OverriddenRun) {
  table.enter('smoke test');
  table.mark('smoke test', 'running');
  const target = { modelName, line, version, toStage: 'dev' as const };
  const tested = await dataStep('Smoke test', SMOKE_TEST_SILENCE_MS).smokeTest(target);
  table.mark('smoke test', tested.passed ? 'done' : 'failed', tested.finding);
  return tested;
}

async function toStaging(
  { modelName, rejectedRunKey: runKey, actor, reason, table }: Override,
  { line, version }: OverriddenRun,
): Promise<'staging'> {
  table.enter('promotion');
  table.mark('promotion', 'running');
  const target = { modelName, line, version, toStage: 'staging' as const };
  const order = { runKey, actor, reason: `override by ${workflowInfo().workflowId}: ${reason}` };
  const { from, to } = await bookkeeping('Promote to staging').promoteVersion({ ...target, ...order });
  table.mark('promotion', 'done', `${from} → ${to}`);
  return 'staging';
}
