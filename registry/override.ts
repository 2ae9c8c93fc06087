import type { SignVersion } from './signing/sign-artefact.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import type { OverriddenRun } from '../contracts/registry.js';
import { appendAudit, versionSubject } from './audit/append.js';
import { nextVersion, numberingReason } from './gates.js';
import { lockLine } from './lines.js';
import { findNewest, findSameArtefact, insertVersion, type VersionFacts } from './registration.js';
import type { RunKey } from './run-queries.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';
import { placeOf } from './transitions.js';
import type { VersionKey } from './versions.js';

/** A person's order to register what the gates rejected. */
export interface OverrideOrder extends RunKey {
  readonly actor: string;
  readonly reason: string;
}

/** The rejected run's records, complete enough to register it. */
interface RejectedRun extends Omit<VersionFacts, 'version'> {
  readonly seed: number;
  /** Of the decision: the gates that failed, with findings. */
  readonly failures: readonly string[];
}

async function selectRun(database: RegistryDatabase, { runKey, modelName }: RunKey) {
  const row = await database
    .selectFrom('runs')
    .leftJoin('registrations', (join) =>
      join
        .onRef('registrations.run_key', '=', 'runs.run_key')
        .onRef('registrations.model_name', '=', 'runs.model_name'),
    )
    .leftJoin('run_artefacts as evaluations', (join) =>
      join
        .onRef('evaluations.run_key', '=', 'runs.run_key')
        .onRef('evaluations.model_name', '=', 'runs.model_name')
        .on('evaluations.role', '=', 'evaluation'),
    )
    .select(['runs.line', 'runs.workflow_id', 'runs.status', 'runs.seed', 'runs.dataset_hash', 'runs.artefact_hash'])
    .select(['runs.signature_hash', 'runs.definition_hash', 'evaluations.hash as evaluation_hash'])
    .select(['registrations.decision', 'registrations.reasons as failures'])
    .where('runs.run_key', '=', runKey)
    .where('runs.model_name', '=', modelName)
    .executeTakeFirst();
  if (row === undefined) throw pipelineError('RUN_NOT_FOUND', { id: runKey, modelName });
  return row;
}

type RunRow = Awaited<ReturnType<typeof selectRun>>;

const notAllowed = (modelName: string, workflowId: string, found: string): PipelineError =>
  new PipelineError('TRANSITION_NOT_ALLOWED', `${workflowId} cannot be registered by an override: ${found}`, {
    modelName,
    workflowId,
  });

/** @throws PipelineError `TRANSITION_NOT_ALLOWED` when the gates did not reject it, or its records are incomplete. */
function rejectedRun(key: RunKey, row: RunRow): RejectedRun {
  const { artefact_hash: artefactHash, evaluation_hash: evaluationHash, dataset_hash: datasetHash } = row;
  const { signature_hash: signatureHash, definition_hash: definitionHash, failures } = row;
  const refuse = (found: string) => notAllowed(key.modelName, row.workflow_id, found);
  if (row.decision === null && row.status === 'rejected')
    throw refuse('its data were rejected, so there is no artefact');
  if (row.decision !== 'rejected' || failures === null)
    throw refuse(`its gates did not reject it, it is ${row.decision ?? row.status}`);
  if (signatureHash === null || definitionHash === null)
    throw refuse('it is older than overrides and its records lack hashes; train it again');
  if (artefactHash === null || evaluationHash === null || datasetHash === null)
    throw refuse('artefact or evaluation is not recorded');
  const hashes = { artefactHash, evaluationHash, datasetHash, signatureHash, definitionHash };
  return { ...key, line: row.line, seed: Number(row.seed), failures, ...hashes };
}

async function earlierOverride(transaction: RegistryTransaction, { runKey, modelName }: RunKey) {
  return transaction
    .selectFrom('overrides')
    .select(['version', 'reasons'])
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .executeTakeFirst();
}

async function resultOf(
  transaction: RegistryTransaction,
  run: RejectedRun,
  found: {
    readonly decision: 'registered' | 'unchanged';
    readonly version: string;
    readonly reasons: readonly string[];
  },
): Promise<OverriddenRun> {
  const { line, evaluationHash, definitionHash } = run;
  const { stage } = await placeOf(transaction, { ...run, version: found.version });
  return { ...found, reasons: [...found.reasons], stage, line, evaluationHash, definitionHash };
}

async function insertOverride(
  transaction: RegistryTransaction,
  run: RejectedRun,
  order: OverrideOrder & {
    readonly version: string;
    readonly reasons: readonly string[];
    readonly sign: SignVersion | undefined;
  },
): Promise<void> {
  const { version, actor, reason, reasons, runKey, sign } = order;
  const { modelName, line } = run;
  const idempotencyKey = `${runKey}/override`;
  await insertVersion(transaction, { ...run, version }, { actor, reason: `override: ${reason}`, idempotencyKey, sign });
  await transaction
    .insertInto('overrides')
    .values({
      run_key: runKey,
      model_name: modelName,
      line,
      version,
      actor,
      reason,
      reasons: JSON.stringify(reasons),
    })
    .execute();
  const subject = versionSubject({ modelName, line, version });
  await appendAudit(transaction, { actor, action: 'version.overridden', subject, details: { runKey, reason } });
}

/** Registers a run that its gates rejected, in one transaction under the line's lock. */
export async function overrideRejection(
  database: RegistryDatabase,
  order: OverrideOrder,
  sign?: SignVersion,
): Promise<OverriddenRun> {
  const run = rejectedRun({ runKey: order.runKey, modelName: order.modelName }, await selectRun(database, order));
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, run);
    const earlier = await earlierOverride(transaction, order);
    if (earlier !== undefined) return resultOf(transaction, run, { ...earlier, decision: 'registered' });
    const same = await findSameArtefact(transaction, run);
    if (same !== null) {
      const reason = `the artefact has the same hash as version ${same.version}`;
      return resultOf(transaction, run, { decision: 'unchanged', version: same.version, reasons: [reason] });
    }
    const newest = await findNewest(transaction, run);
    const version = nextVersion(newest, run);
    const by = `registered against its gates by ${order.actor}: ${order.reason}`;
    const reasons = [numberingReason(newest, { ...run, version }), by, ...run.failures];
    await insertOverride(transaction, run, { ...order, version, reasons, sign });
    return resultOf(transaction, run, { decision: 'registered', version, reasons });
  });
}

/**
 * Production is closed to versions that an override registered.
 * @throws PipelineError `TRANSITION_NOT_ALLOWED`.
 */
export async function assertNotOverridden(
  transaction: RegistryTransaction,
  { modelName, line, version }: VersionKey,
  to: Stage,
): Promise<void> {
  if (to !== 'production') return;
  const row = await transaction
    .selectFrom('overrides')
    .select('actor')
    .where('model_name', '=', modelName)
    .where('line', '=', line)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row === undefined) return;
  const message = `${modelName} ${version} (line ${line}) failed its gates and was registered by ${row.actor}'s override: it stays below production`;
  throw new PipelineError('TRANSITION_NOT_ALLOWED', message, { modelName, line, version, to });
}
