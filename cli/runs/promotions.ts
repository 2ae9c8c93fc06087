import type { WorkflowHandle } from '@temporalio/client';
import { PipelineError } from '../../contracts/errors.js';
import type {
  ApprovalInput,
  ApprovalReceipt,
  PromoteModelInput,
  PromoteModelResult,
  RollbackModelInput,
  RollbackModelResult,
} from '../../contracts/workflows.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { demoRefused } from '../../registry/promotion-policy.js';
import { approvalInput, messages, workflowIds } from '../../contracts/workflows.js';
import { findModel } from '../../models/catalogue.js';
import { findOpenRequest } from '../../registry/choose-request.js';
import { findNewestInStage, requireNewestInStage } from '../../registry/choose-version.js';
import type { LineKey } from '../../registry/lines.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext, Connection } from '../program/context.js';
import { withProof } from './approval-proof.js';
import { runToEnd } from './run-to-end.js';
import { pause } from '../program/interrupt.js';
import { runUrl } from '../views/results.js';
import { startRun } from '../../platform/temporal/start-run.js';

/** How long `ml promote` waits for its workflow to open the request. */
const requestOpensWithinMs = 30_000;

export interface PromoteOptions {
  readonly line?: string;
  readonly version?: string;
  readonly to: 'staging' | 'production';
  readonly by: string;
  /** Confirms that a version of synthetic data goes to production as a demo. */
  readonly demo?: true;
}

/**
 * Starts a promotion and says whether it waits for an approval.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `TRANSITION_NOT_ALLOWED`, `ALREADY_RUNNING`.
 */
export async function requestPromotion(cli: CliContext, name: string, options: PromoteOptions): Promise<void> {
  const { name: modelName } = await findModel(name);
  const connection = await cli.connect();
  const { to: toStage, by: requestedBy } = options;
  const line = await chooseLine(cli, connection, options.line);
  const version =
    options.version === undefined
      ? await candidateOf(connection, { modelName, line }, toStage)
      : await existing(connection, { modelName, line }, options.version);
  const demo = options.demo === true;
  assertDemo({ modelName, line, version, toStage }, demo);
  const input: PromoteModelInput = { modelName, line, version, toStage, requestedBy, demo };
  const preferred = workflowIds.promotionOf(modelName, line, version);
  const handle = await startRun(await connection.temporal(), cli.config, {
    workflow: 'promoteModel',
    input,
    id: { base: preferred, preferred },
    summary: `${modelName} ${version} to ${toStage}${isSynthetic(line) ? ` (${SYNTHETIC_REMARK})` : ''}`,
  });
  const ended = await endsOrWaits(connection, handle, modelName);
  const url = runUrl(connection.endpoints.temporal, handle.workflowId);
  const about = { workflowId: handle.workflowId, url, modelName, line, version, toStage };
  if (ended !== null) reportPromotion(cli, about, ended);
  else reportWaiting(cli, about);
}

/** The version itself, before a workflow is started for it. @throws PipelineError `VERSION_NOT_FOUND`. */
async function existing({ services }: Connection, { modelName, line }: LineKey, version: string): Promise<string> {
  return (await services.registry.getVersion(modelName, line, version)).version;
}

/** The newest version in the stage below the target. */
async function candidateOf({ services }: Connection, line: LineKey, to: PromoteOptions['to']): Promise<string> {
  const below = to === 'production' ? 'staging' : 'dev';
  return (await requireNewestInStage(services.registry, line, below)).version;
}

/** The workflow's end, or null when its request is open and waits for a person. */
async function endsOrWaits(
  { services }: Connection,
  handle: WorkflowHandle,
  modelName: string,
): Promise<PromoteModelResult | null> {
  const over = new AbortController();
  const ended = (handle.result() as Promise<PromoteModelResult>).finally(() => over.abort());
  ended.catch(() => undefined);
  const deadline = Date.now() + requestOpensWithinMs;
  while (!over.signal.aborted && Date.now() < deadline) {
    const open = await services.registry.listPromotionRequests({ modelName, status: 'open' });
    if (open.some(({ workflowId }) => workflowId === handle.workflowId)) return null;
    await pause(200, over.signal);
  }
  return over.signal.aborted ? ended : null;
}

/** Refuses before a workflow is started what it would refuse. */
function assertDemo({ toStage, ...version }: Omit<AboutPromotion, 'workflowId' | 'url'>, demo: boolean): void {
  if (toStage === 'production' && demo !== isSynthetic(version.line)) throw demoRefused(version);
}

interface AboutPromotion {
  readonly workflowId: string;
  readonly url: string | null;
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly toStage: string;
}

function reportWaiting({ out }: CliContext, about: AboutPromotion): void {
  const { modelName, version, toStage, line } = about;
  const which = `${modelName} --line ${line} --version ${version}`;
  const demo = isSynthetic(line) ? ' --demo' : '';
  out.result({ ...about, status: 'awaiting approval' }, () => {
    out.line(`${modelName} ${version} awaits approval for ${toStage}.`);
    out.line(`  ml approve ${which} --approver <name> --reason <why>${demo}`);
    out.line(`  ml reject ${which} --approver <name> --reason <why>`);
  });
}

function reportPromotion(cli: CliContext, about: AboutPromotion, result: PromoteModelResult): void {
  if (result.status === 'rolled-back') cli.exitWith(1);
  cli.out.result({ ...about, ...result }, () => {
    cli.out.line(`${about.modelName} ${about.version}: ${result.status} (${about.toStage}). ${result.reason}`);
  });
}

export interface VerdictOptions {
  readonly approver: string;
  readonly reason: string;
  readonly line?: string;
  readonly version?: string;
  readonly demo?: boolean;
  /** File with the secret that proves an approval for production. */
  readonly secretFile?: string;
  /** Prints the approval instead of giving it. */
  readonly printArgument?: true;
}

/**
 * Approves or rejects the open request that fits, and waits for the end of its workflow.
 * @throws PipelineError `REQUEST_NOT_FOUND`; `INVALID_INPUT` when several fit, or for an empty name or reason;
 *   `TRANSITION_NOT_ALLOWED` for synthetic data without `demo`, or `demo` without such data;
 *   `APPROVAL_NOT_PROVEN`; `INVALID_CONFIG` for the secret.
 */
export async function decidePromotion(
  cli: CliContext,
  name: string,
  options: VerdictOptions & { readonly verdict: 'approve' | 'reject' },
): Promise<void> {
  const { name: modelName } = await findModel(name);
  const stated = parseApproval(options);
  const connection = await cli.connect();
  const wanted = { modelName, line: options.line, version: options.version };
  const request = await findOpenRequest(connection.services.registry, wanted);
  if (options.verdict === 'approve') assertDemo(request, options.demo === true);
  const approval =
    options.verdict === 'approve' ? await withProof(cli.config, request, stated, options.secretFile) : stated;
  if (options.printArgument === true) {
    cli.out.result(approval, () => cli.out.line(JSON.stringify(approval)));
    return;
  }
  const handle = (await connection.temporal()).workflow.getHandle(request.workflowId);
  const update = options.verdict === 'approve' ? messages.approvePromotion : messages.rejectPromotion;
  await handle.executeUpdate<ApprovalReceipt, [ApprovalInput]>(update, { args: [approval] });
  const result = (await handle.result()) as PromoteModelResult;
  const { line, version, toStage, workflowId } = request;
  const url = runUrl(connection.endpoints.temporal, workflowId);
  reportPromotion(cli, { workflowId, url, modelName, line, version, toStage }, result);
}

/** Refuses an empty name or reason before any service is started. */
function parseApproval({ approver, reason, demo = false }: VerdictOptions): ApprovalInput {
  const parsed = approvalInput.safeParse({ approver, reason, demo });
  if (parsed.success) return parsed.data;
  throw new PipelineError('INVALID_INPUT', parsed.error.issues.map(({ message }) => message).join('; '));
}

export interface RollbackOptions {
  readonly line?: string;
  readonly approver: string;
  readonly reason: string;
  /** The version to take out of production. */
  readonly from?: string;
}

/**
 * Returns a line to its former production version. The version to take out is the one that is in production when the
 * command begins, unless it is named: a second rollback at the same time does not take out its successor.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `TRANSITION_NOT_ALLOWED`, `CONFLICT`.
 */
export async function rollBack(cli: CliContext, name: string, options: RollbackOptions): Promise<void> {
  const { name: modelName } = await findModel(name);
  const connection = await cli.connect();
  const { approver: requestedBy, reason } = options;
  const line = await chooseLine(cli, connection, options.line);
  const from =
    options.from === undefined
      ? await inProduction(connection, modelName, line)
      : await existing(connection, { modelName, line }, options.from);
  const input: RollbackModelInput = { modelName, line, from, requestedBy, reason };
  const ended = await runToEnd(cli, connection, {
    workflow: 'rollbackModel',
    input,
    id: { base: `rollback-${modelName}-${line}` },
    summary: `${modelName} (${line}) back from ${from ?? 'production'} to the former version`,
  });
  if (ended === null) return;
  const result = ended.result as RollbackModelResult;
  cli.exitWith(result.smokeTest.passed ? 0 : 1);
  cli.out.result({ workflowId: ended.workflowId, from, ...result }, () => {
    cli.out.line(`${modelName} ${result.version} is in production again, in place of ${from ?? 'nothing'}.`);
    cli.out.line(`smoke test ${result.smokeTest.passed ? 'passed' : 'FAILED'}: ${result.smokeTest.finding}`);
  });
}

async function inProduction({ services }: Connection, modelName: string, line: string): Promise<string | null> {
  return (await findNewestInStage(services.registry, { modelName, line }, 'production'))?.version ?? null;
}
