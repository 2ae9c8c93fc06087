import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import { type RegistrationInput, registrationInput, type RegistrationResult } from '../contracts/registry.js';
import { lockLine } from './lines.js';
import { decideRegistration, type NumberedVersion, type RegistrationDecision } from './gates.js';
import { insertEvaluation } from './run-queries.js';
import { insertDataset } from './runs.js';
import { insertTransition, placeOf } from './transitions.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';
import { findChampion } from './versions.js';

async function earlierResult(
  transaction: RegistryTransaction,
  input: RegistrationInput,
): Promise<RegistrationResult | null> {
  const { runKey, modelName } = input;
  const row = await transaction
    .selectFrom('registrations')
    .select(['decision', 'version', 'reasons'])
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { decision, version, reasons } = row;
  return { decision, version, stage: await stageOf(transaction, input, version), reasons };
}

async function stageOf(
  transaction: RegistryTransaction,
  { modelName, line }: RegistrationInput,
  version: string | null,
): Promise<Stage | null> {
  return version === null ? null : (await placeOf(transaction, { modelName, line, version })).stage;
}

async function findNewest(
  transaction: RegistryTransaction,
  { modelName, line }: RegistrationInput,
): Promise<NumberedVersion | null> {
  const row = await transaction
    .selectFrom('versions')
    .select(['version', 'signature_hash as signatureHash', 'definition_hash as definitionHash'])
    .where('model_name', '=', modelName)
    .where('line', '=', line)
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

async function findSameArtefact(
  transaction: RegistryTransaction,
  { modelName, line, artefactHash }: RegistrationInput,
): Promise<string | null> {
  const row = await transaction
    .selectFrom('versions')
    .select('version')
    .where('model_name', '=', modelName)
    .where('line', '=', line)
    .where('artefact_hash', '=', artefactHash)
    .executeTakeFirst();
  return row?.version ?? null;
}

async function decide(transaction: RegistryTransaction, input: RegistrationInput): Promise<RegistrationDecision> {
  const champion = await findChampion(transaction, input);
  return decideRegistration({
    sameArtefact: await findSameArtefact(transaction, input),
    gates: input.gates,
    comparedWith: input.championVersion,
    champion: champion?.version ?? null,
    newest: await findNewest(transaction, input),
    challenger: input,
  });
}

/** Stores the evaluation and the artefact with the run, whatever the decision is. */
async function recordFindings(transaction: RegistryTransaction, input: RegistrationInput): Promise<string> {
  await insertDataset(transaction, input.dataset);
  const run = await transaction
    .updateTable('runs')
    .set({ dataset_hash: input.dataset.hash, artefact_hash: input.artefactHash })
    .where('run_key', '=', input.runKey)
    .where('model_name', '=', input.modelName)
    .returning('workflow_id')
    .executeTakeFirst();
  if (run === undefined) throw pipelineError('RUN_NOT_FOUND', { id: input.runKey, modelName: input.modelName });
  await insertEvaluation(transaction, input, input);
  return run.workflow_id;
}

async function insertVersion(
  transaction: RegistryTransaction,
  input: RegistrationInput,
  created: { readonly version: string; readonly workflowId: string },
): Promise<void> {
  const { version, workflowId } = created;
  const key = { model_name: input.modelName, line: input.line, version };
  const hashes = {
    artefact_hash: input.artefactHash,
    signature_hash: input.signatureHash,
    definition_hash: input.definitionHash,
    evaluation_hash: input.evaluationHash,
    dataset_hash: input.dataset.hash,
  };
  await transaction
    .insertInto('versions')
    .values({ ...key, ...hashes, run_key: input.runKey })
    .execute();
  await transaction
    .insertInto('version_stages')
    .values({ ...key, stage: 'dev' })
    .execute();
  await insertTransition(transaction, {
    modelName: input.modelName,
    line: input.line,
    version,
    from: null,
    to: 'dev',
    kind: 'registration',
    actor: 'pipeline',
    reason: `registered by ${workflowId}`,
    idempotencyKey: `${input.runKey}/registration`,
  });
}

function checkInput(input: RegistrationInput): RegistrationInput {
  const parsed = registrationInput.parse(input);
  const { dataset, modelName, line } = parsed;
  if (dataset.modelName === modelName && dataset.line === line) return parsed;
  throw new PipelineError(
    'INVALID_INPUT',
    `the dataset belongs to ${dataset.modelName}/${dataset.line}, the registration to ${modelName}/${line}`,
    { modelName, line },
  );
}

/**
 * Decides and stores in one transaction under the line's lock. The result is stored under run and model, so that a
 * repeated or concurrent call of the same run returns the first result.
 */
export async function register(database: RegistryDatabase, given: RegistrationInput): Promise<RegistrationResult> {
  const input = checkInput(given);
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, input);
    const earlier = await earlierResult(transaction, input);
    if (earlier !== null) return earlier;

    const { decision, version, reasons } = await decide(transaction, input);
    const workflowId = await recordFindings(transaction, input);
    if (decision === 'registered' && version !== null) await insertVersion(transaction, input, { version, workflowId });
    await transaction
      .insertInto('registrations')
      .values({
        run_key: input.runKey,
        model_name: input.modelName,
        decision,
        version,
        reasons: JSON.stringify(reasons),
      })
      .execute();
    return { decision, version, stage: await stageOf(transaction, input, version), reasons: [...reasons] };
  });
}
