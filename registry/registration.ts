import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import { type RegistrationInput, registrationInput, type RegistrationResult } from '../contracts/registry.js';
import { type LineKey, lockLine } from './lines.js';
import { decideRegistration, type NumberedVersion, type RegistrationDecision } from './gates.js';
import { insertEvaluation, type RunKey } from './run-queries.js';
import { insertDataset } from './runs.js';
import type { SignVersion } from './signing/sign-artefact.js';
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

/** The line's versions with what each was made from. */
const numberedVersions = (transaction: RegistryTransaction, { modelName, line }: LineKey) =>
  transaction
    .selectFrom('versions')
    .innerJoin('runs', (join) =>
      join.onRef('runs.run_key', '=', 'versions.run_key').onRef('runs.model_name', '=', 'versions.model_name'),
    )
    .select(['versions.version', 'versions.signature_hash', 'versions.definition_hash'])
    .select(['versions.dataset_hash', 'runs.seed'])
    .where('versions.model_name', '=', modelName)
    .where('versions.line', '=', line);

type NumberedRow = NonNullable<Awaited<ReturnType<ReturnType<typeof numberedVersions>['executeTakeFirst']>>>;

const toNumberedVersion = (row: NumberedRow): NumberedVersion => ({
  version: row.version,
  signatureHash: row.signature_hash,
  definitionHash: row.definition_hash,
  datasetHash: row.dataset_hash,
  seed: Number(row.seed),
});

/** The line's newest version with what it was made from; null for a line without version. */
export async function findNewest(transaction: RegistryTransaction, line: LineKey): Promise<NumberedVersion | null> {
  const row = await numberedVersions(transaction, line)
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toNumberedVersion(row);
}

/** The version of the line that has this artefact, with what it was made from. */
export async function findSameArtefact(
  transaction: RegistryTransaction,
  { artefactHash, ...line }: LineKey & { readonly artefactHash: string },
): Promise<NumberedVersion | null> {
  const row = await numberedVersions(transaction, line)
    .where('versions.artefact_hash', '=', artefactHash)
    .executeTakeFirst();
  return row === undefined ? null : toNumberedVersion(row);
}

async function seedOf(transaction: RegistryTransaction, { runKey, modelName }: RunKey): Promise<number> {
  const row = await transaction
    .selectFrom('runs')
    .select('seed')
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .executeTakeFirst();
  if (row === undefined) throw pipelineError('RUN_NOT_FOUND', { id: runKey, modelName });
  return Number(row.seed);
}

async function decide(transaction: RegistryTransaction, input: RegistrationInput): Promise<RegistrationDecision> {
  const champion = await findChampion(transaction, input);
  return decideRegistration({
    sameArtefact: await findSameArtefact(transaction, input),
    gates: input.gates,
    comparedWith: input.championVersion,
    champion: champion?.version ?? null,
    newest: await findNewest(transaction, input),
    challenger: { ...input, datasetHash: input.dataset.hash, seed: await seedOf(transaction, input) },
  });
}

/** Stores the evaluation and the artefact with the run, whatever the decision is. */
async function recordFindings(transaction: RegistryTransaction, input: RegistrationInput): Promise<string> {
  await insertDataset(transaction, input.dataset);
  const { artefactHash, signatureHash, definitionHash } = input;
  const hashes = { artefact_hash: artefactHash, signature_hash: signatureHash, definition_hash: definitionHash };
  const run = await transaction
    .updateTable('runs')
    .set({ dataset_hash: input.dataset.hash, ...hashes })
    .where('run_key', '=', input.runKey)
    .where('model_name', '=', input.modelName)
    .returning('workflow_id')
    .executeTakeFirst();
  if (run === undefined) throw pipelineError('RUN_NOT_FOUND', { id: input.runKey, modelName: input.modelName });
  await insertEvaluation(transaction, input, input);
  return run.workflow_id;
}

/** What a version is inserted from. */
export interface VersionFacts extends LineKey, RunKey {
  readonly version: string;
  readonly artefactHash: string;
  readonly signatureHash: string;
  readonly definitionHash: string;
  readonly evaluationHash: string;
  readonly datasetHash: string;
}

/** Why a version is inserted, and how it is signed; without `sign` it stays unsigned and is loaded nowhere. */
export interface InsertOrder {
  readonly actor: string;
  readonly reason: string;
  readonly idempotencyKey: string;
  readonly sign?: SignVersion | undefined;
}

/** Inserts the version in stage dev with its first transition, and signs it. */
export async function insertVersion(
  transaction: RegistryTransaction,
  facts: VersionFacts,
  { sign, ...order }: InsertOrder,
): Promise<void> {
  const { modelName, line, version, runKey } = facts;
  const key = { model_name: modelName, line, version };
  const hashes = {
    artefact_hash: facts.artefactHash,
    signature_hash: facts.signatureHash,
    definition_hash: facts.definitionHash,
    evaluation_hash: facts.evaluationHash,
    dataset_hash: facts.datasetHash,
  };
  await transaction
    .insertInto('versions')
    .values({ ...key, ...hashes, run_key: runKey })
    .execute();
  await transaction
    .insertInto('version_stages')
    .values({ ...key, stage: 'dev' })
    .execute();
  const transition = { modelName, line, version, from: null, to: 'dev', kind: 'registration', ...order } as const;
  await sign?.(transaction, facts);
  await insertTransition(transaction, transition);
}

function registerVersion(
  transaction: RegistryTransaction,
  input: RegistrationInput,
  {
    version,
    workflowId,
    sign,
  }: { readonly version: string; readonly workflowId: string; readonly sign: SignVersion | undefined },
): Promise<void> {
  const facts = { ...input, version, datasetHash: input.dataset.hash };
  const idempotencyKey = `${input.runKey}/registration`;
  return insertVersion(transaction, facts, {
    actor: 'pipeline',
    reason: `registered by ${workflowId}`,
    idempotencyKey,
    sign,
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
export async function register(
  database: RegistryDatabase,
  given: RegistrationInput,
  sign?: SignVersion,
): Promise<RegistrationResult> {
  const input = checkInput(given);
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, input);
    const earlier = await earlierResult(transaction, input);
    if (earlier !== null) return earlier;

    const { decision, version, reasons } = await decide(transaction, input);
    const workflowId = await recordFindings(transaction, input);
    if (decision === 'registered' && version !== null)
      await registerVersion(transaction, input, { version, workflowId, sign });
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
