import { z } from 'zod';
import type { RegistryDatabase } from '../tables.js';
import type { ArtefactManifest } from '../artefacts.js';
import { type Statement, STATEMENT_TYPE } from './bundle.js';
import type { SignedFile } from './model-statement.js';

/* How an artefact was made, as SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance). */
const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
const BUILD_TYPE = 'urn:ml-services:training:1';
const BUILDER = 'urn:ml-services:worker';

/** A thing that a training read. */
interface Dependency {
  readonly name: string;
  readonly digest?: { readonly sha256: string };
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** What the registry knows of the training of a version. */
export interface ProvenanceFacts {
  readonly version: { readonly modelName: string; readonly line: string; readonly definitionHash: string };
  readonly run: {
    readonly workflowId: string;
    readonly runKey: string;
    readonly codeVersion: string;
    readonly seed: number;
    readonly params: Readonly<Record<string, unknown>>;
    readonly statedReason: string | null;
    readonly startedAt: Date;
  };
  readonly dataset: { readonly hash: string; readonly origin: unknown };
  /** Pretrained weights: of which encoder, and their digest. */
  readonly encoders: readonly { readonly name: string; readonly hash: string }[];
  /** Node.js version and platform that computed the training; null in runs from before they were recorded. */
  readonly environment: unknown;
}

/** The statement about the files of an artefact. */
export function provenanceStatement(
  files: readonly SignedFile[],
  manifest: Pick<ArtefactManifest, 'definitionVersion' | 'reads'>,
  { version, run, dataset, encoders, environment }: ProvenanceFacts,
): Statement {
  const { modelName: model, line, definitionHash } = version;
  const { params, seed, statedReason, codeVersion } = run;
  return {
    _type: STATEMENT_TYPE,
    subject: files.map(({ name, digest }) => ({ name, digest: { sha256: digest } })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { model, line, parameters: params, seed, statedReason },
        internalParameters: {
          definitionVersion: manifest.definitionVersion,
          definitionHash,
          reads: manifest.reads ?? [],
        },
        resolvedDependencies: [...dataDependencies(dataset), codeDependency(codeVersion), ...encoders.map(weights)],
      },
      runDetails: {
        builder: { id: BUILDER, version: { 'ml-services': codeVersion }, annotations: { environment } },
        metadata: { invocationId: `${run.workflowId}/${run.runKey}`, startedOn: run.startedAt.toISOString() },
      },
    },
  };
}

const snapshotOrigin = z.object({ snapshotHash: z.string(), source: z.string() });

function dataDependencies({ hash, origin }: ProvenanceFacts['dataset']): Dependency[] {
  const dataset = { name: 'dataset', digest: { sha256: hash } };
  const snapshot = snapshotOrigin.safeParse(origin);
  if (!snapshot.success) return [dataset];
  const { snapshotHash: sha256, source } = snapshot.data;
  return [dataset, { name: 'snapshot', digest: { sha256 }, annotations: { source } }];
}

/** The commit is abbreviated, as runs record it, so it is no digest. */
const codeDependency = (codeVersion: string): Dependency => {
  const [version, commit = null] = codeVersion.split('+');
  return { name: 'code', annotations: { version, commit } };
};

const weights = ({ name, hash }: ProvenanceFacts['encoders'][number]): Dependency => ({
  name: `encoder ${name}`,
  digest: { sha256: hash },
});

/** Role of a run's artefact entry that names pretrained weights by their digest. */
export const ENCODER_ROLE = 'encoder:';

/** Reads the facts of a version's run; the run and its data set are recorded before a version is. */
export async function provenanceFacts(
  database: RegistryDatabase,
  key: { readonly runKey: string; readonly modelName: string; readonly line: string; readonly definitionHash: string },
): Promise<ProvenanceFacts> {
  const { runKey, modelName } = key;
  const ofRun = { run_key: runKey, model_name: modelName };
  const where = (name: 'run_params' | 'run_artefacts') =>
    database.selectFrom(name).where('run_key', '=', runKey).where('model_name', '=', modelName);
  const run = await database
    .selectFrom('runs')
    .innerJoin('datasets', (join) =>
      join
        .onRef('datasets.hash', '=', 'runs.dataset_hash')
        .onRef('datasets.model_name', '=', 'runs.model_name')
        .onRef('datasets.line', '=', 'runs.line'),
    )
    .select(['runs.workflow_id', 'runs.code_version', 'runs.seed', 'runs.stated_reason', 'runs.started_at'])
    .select(['datasets.hash', 'datasets.origin'])
    .where('runs.run_key', '=', ofRun.run_key)
    .where('runs.model_name', '=', ofRun.model_name)
    .executeTakeFirstOrThrow();
  const params = await where('run_params').select(['name', 'value']).orderBy('name').execute();
  const encoders = await where('run_artefacts')
    .select(['role', 'hash'])
    .where('role', 'like', `${ENCODER_ROLE}%`)
    .orderBy('role')
    .execute();
  const fit = await database
    .selectFrom('run_steps')
    .select('environment')
    .where('run_key', '=', runKey)
    .where('step', '=', 'fitModel')
    .where('model_name', '=', modelName)
    .limit(1)
    .executeTakeFirst();
  return {
    version: key,
    run: {
      workflowId: run.workflow_id,
      runKey,
      codeVersion: run.code_version,
      seed: Number(run.seed),
      params: Object.fromEntries(params.map(({ name, value }) => [name, value])),
      statedReason: run.stated_reason,
      startedAt: run.started_at,
    },
    dataset: { hash: run.hash, origin: run.origin },
    encoders: encoders.map(({ role, hash }) => ({ name: role.slice(ENCODER_ROLE.length), hash })),
    environment: fit?.environment ?? null,
  };
}
