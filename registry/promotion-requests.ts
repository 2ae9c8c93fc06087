import { sql } from 'kysely';
import semver from 'semver';
import { PipelineError } from '../contracts/errors.js';
import { isSynthetic } from '../contracts/ids.js';
import type { OpenedPromotionRequest, PromotionRequest } from '../contracts/registry.js';
import { appendAudit, versionSubject } from './audit/append.js';
import { lockLine } from './lines.js';
import { assertNotOverridden } from './override.js';
import { assertTransition } from './promotion-policy.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';
import { placeOf } from './transitions.js';
import type { VersionKey } from './versions.js';

/** The fields of a request that the caller provides. */
export type RequestedPromotion = Omit<PromotionRequest, 'status' | 'decidedBy' | 'reason'>;

const selectRequests = (database: RegistryDatabase) => database.selectFrom('promotion_requests').selectAll();

type RequestRow = Awaited<ReturnType<ReturnType<typeof selectRequests>['execute']>>[number];

const requestRecord = (row: RequestRow): PromotionRequest => ({
  requestId: row.request_id,
  modelName: row.model_name,
  line: row.line,
  version: row.version,
  toStage: row.to_stage,
  status: row.status,
  requestedBy: row.requested_by,
  decidedBy: row.decided_by,
  reason: row.reason,
  workflowId: row.workflow_id,
});

function assertNewest(openRequests: readonly RequestRow[], { version }: RequestedPromotion): void {
  const newer = openRequests.find((open) => semver.gt(open.version, version));
  if (newer === undefined) return;
  throw new PipelineError(
    'TRANSITION_NOT_ALLOWED',
    `a request for the newer version ${newer.version} is open (${newer.workflow_id}); reject it first`,
    { version, newer: newer.version, workflowId: newer.workflow_id },
  );
}

async function supersede(transaction: RegistryTransaction, older: RequestRow, by: RequestedPromotion): Promise<void> {
  await transaction
    .updateTable('promotion_requests')
    .set({
      status: 'superseded',
      decided_by: by.requestedBy,
      superseded_by: by.requestId,
      reason: `superseded by the request for ${by.version}`,
      decided_at: sql<Date>`clock_timestamp()`,
    })
    .where('request_id', '=', older.request_id)
    .execute();
  await audit(transaction, 'superseded', requestRecord(older), { actor: by.requestedBy, reason: by.version });
}

/** @param stated.reason - why; of a superseded request the newer version. */
async function audit(
  transaction: RegistryTransaction,
  what: 'requested' | Verdict,
  request: Pick<PromotionRequest, 'requestId' | 'toStage' | 'modelName' | 'line' | 'version'>,
  { actor, reason }: { readonly actor: string; readonly reason: string | null },
): Promise<void> {
  const { requestId, toStage } = request;
  const subject = versionSubject(request);
  const details = { requestId, to: toStage, reason };
  await appendAudit(transaction, { actor, action: `promotion.${what}`, subject, details });
}

/**
 * Closes the line's open requests for the stage. Their rows are locked, so that a concurrent decision on one of them
 * comes first. @throws PipelineError `TRANSITION_NOT_ALLOWED`.
 */
async function supersedeOpen(transaction: RegistryTransaction, request: RequestedPromotion): Promise<void> {
  const openRequests = await selectRequests(transaction)
    .where('model_name', '=', request.modelName)
    .where('line', '=', request.line)
    .where('to_stage', '=', request.toStage)
    .where('status', '=', 'open')
    .forUpdate()
    .execute();
  assertNewest(openRequests, request);
  for (const open of openRequests) await supersede(transaction, open, request);
}

/**
 * Refuses while a promotion of the version awaits its approval, which could then not be applied.
 * @throws PipelineError `TRANSITION_NOT_ALLOWED`.
 */
export async function assertNotRequested(
  transaction: RegistryTransaction,
  { modelName, line, version }: VersionKey,
): Promise<void> {
  const open = await selectRequests(transaction)
    .where('model_name', '=', modelName)
    .where('line', '=', line)
    .where('version', '=', version)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (open === undefined) return;
  const message = `${modelName} ${version} (line ${line}) awaits approval for ${open.to_stage}; reject that first: ml reject ${modelName} --line ${line} --version ${version}`;
  throw new PipelineError('TRANSITION_NOT_ALLOWED', message, { modelName, line, version });
}

/** The request with the workflows of the requests it superseded; the same for repeated calls. */
async function openedRequest(transaction: RegistryTransaction, row: RequestRow): Promise<OpenedPromotionRequest> {
  const superseded = await transaction
    .selectFrom('promotion_requests')
    .select('workflow_id')
    .where('superseded_by', '=', row.request_id)
    .orderBy('opened_at')
    .execute();
  const workflowIds = [...new Set(superseded.map(({ workflow_id }) => workflow_id))];
  const waiting = workflowIds.filter((workflowId) => workflowId !== row.workflow_id);
  return { request: requestRecord(row), supersededWorkflowIds: waiting };
}

export async function openPromotionRequest(
  database: RegistryDatabase,
  request: RequestedPromotion,
): Promise<OpenedPromotionRequest> {
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, request);
    const earlier = await selectRequests(transaction).where('request_id', '=', request.requestId).executeTakeFirst();
    if (earlier !== undefined) return openedRequest(transaction, earlier);

    // Whether a synthetic version goes on as a demo is for the approval to say.
    assertTransition(await placeOf(transaction, request), request.toStage, isSynthetic(request.line));
    await assertNotOverridden(transaction, request, request.toStage);
    await supersedeOpen(transaction, request);
    const row = await transaction
      .insertInto('promotion_requests')
      .values({
        request_id: request.requestId,
        model_name: request.modelName,
        line: request.line,
        version: request.version,
        to_stage: request.toStage,
        requested_by: request.requestedBy,
        workflow_id: request.workflowId,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(transaction, 'requested', request, { actor: request.requestedBy, reason: null });
    return openedRequest(transaction, row);
  });
}

type Verdict = Exclude<PromotionRequest['status'], 'open'>;

/** An approved promotion can still fail its smoke test; every other verdict is final. */
function assertDecidable(row: RequestRow, status: Verdict): void {
  if (row.status === 'open' || (row.status === 'approved' && status === 'failed')) return;
  throw new PipelineError('CONFLICT', `request ${row.request_id} is ${row.status} already, it cannot be ${status}`, {
    requestId: row.request_id,
    found: row.status,
    wanted: status,
  });
}

/** @throws PipelineError `REQUEST_NOT_FOUND`; `CONFLICT` when it was decided otherwise before. */
export async function decidePromotionRequest(
  database: RegistryDatabase,
  requestId: string,
  verdict: { readonly status: Verdict; readonly decidedBy: string; readonly reason: string },
): Promise<PromotionRequest> {
  return database.transaction().execute(async (transaction) => {
    const row = await selectRequests(transaction).where('request_id', '=', requestId).forUpdate().executeTakeFirst();
    if (row === undefined)
      throw new PipelineError('REQUEST_NOT_FOUND', `no promotion request ${requestId}`, { requestId });
    if (row.status === verdict.status) return requestRecord(row);
    assertDecidable(row, verdict.status);
    const { status, decidedBy, reason } = verdict;
    const decided = await transaction
      .updateTable('promotion_requests')
      .set({ status, decided_by: decidedBy, reason, decided_at: sql<Date>`clock_timestamp()` })
      .where('request_id', '=', requestId)
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(transaction, status, requestRecord(decided), { actor: decidedBy, reason });
    return requestRecord(decided);
  });
}

/** Newest first. */
export async function listPromotionRequests(
  database: RegistryDatabase,
  filter: { readonly modelName?: string; readonly status?: PromotionRequest['status'] },
): Promise<PromotionRequest[]> {
  let query = selectRequests(database).orderBy('opened_at', 'desc');
  if (filter.modelName !== undefined) query = query.where('model_name', '=', filter.modelName);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  return (await query.execute()).map(requestRecord);
}
