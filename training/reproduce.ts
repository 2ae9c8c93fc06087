import { isDeepStrictEqual } from 'node:util';
import type { ReproducedInput, ReproduceRunResult } from '../contracts/reproduction.js';
import { pipelineError } from '../contracts/errors.js';
import type { ComputingEnvironment, ReusableStep, StepRecord } from '../contracts/steps.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadManifest } from '../registry/artefacts.js';
import { reachedStages, type RecordedRun } from './resume.js';
import type { SnapshotLog } from '../datasets/snapshots/snapshot-log.js';
import { requireNotErased } from '../datasets/versions/find-snapshot.js';
import { isDatasetStored, isSnapshotStored } from './stored-results.js';

export interface ReproduceDeps {
  readonly blobs: BlobStore;
  /** Tells which blobs are gone since they held a customer who was forgotten. @default none is */
  readonly snapshotLog?: Pick<SnapshotLog, 'erased'>;
  readonly codeOf: (step: ReusableStep, modelName: string | null) => string;
  readonly environment: ComputingEnvironment;
  /** Computes a step from its recorded input. */
  readonly compute: (step: ReusableStep, input: Record<string, unknown>) => Promise<Readonly<Record<string, unknown>>>;
}

/**
 * The recorded training.
 * @throws PipelineError `STAGE_NOT_REACHED` without one; without its rows `RESULT_NOT_STORED`, or `DATA_ERASED` when they
 *   held a customer who was forgotten.
 */
export async function requireReproducible(
  { blobs, snapshotLog }: Pick<ReproduceDeps, 'blobs' | 'snapshotLog'>,
  recorded: RecordedRun,
): Promise<StepRecord> {
  const { run, origin, steps } = recorded;
  const [id, from] = [run.workflowId, 'evaluation'];
  const fit = steps.find(({ step }) => step === 'fitModel');
  if (fit === undefined || origin === null)
    throw pipelineError('STAGE_NOT_REACHED', { id, from, reached: reachedStages(recorded).join(', ') });
  const { snapshotHash, datasetHash } = origin;
  if (snapshotHash !== null) await requireNotErased(snapshotLog, `the snapshot of ${id}`, snapshotHash);
  if (datasetHash !== null) await requireNotErased(snapshotLog, `the data set of ${id}`, datasetHash);
  if (snapshotHash !== null && !(await isSnapshotStored(blobs, snapshotHash)))
    throw pipelineError('RESULT_NOT_STORED', { id, what: 'snapshot', hash: snapshotHash, from: 'dataset' });
  if (datasetHash !== null && !(await isDatasetStored(blobs, datasetHash)))
    throw pipelineError('RESULT_NOT_STORED', { id, what: 'data set', hash: datasetHash, from: 'training' });
  return fit;
}

/**
 * Computes data set, shards and artefact of a run once more from its recorded snapshot, parameters, seed, holdout and, of
 * an update, champion, and compares hashes. Training gets the recorded data set where the rebuilt one differs, so that
 * both differences are told apart.
 * @throws PipelineError as {@link requireReproducible}, and as the steps.
 */
export async function reproduce(deps: ReproduceDeps, recorded: RecordedRun): Promise<ReproduceRunResult> {
  const { run, steps } = recorded;
  const fit = await requireReproducible(deps, recorded);
  const prepare = steps.find(({ step }) => step === 'prepareDataset');
  const rebuilt = prepare === undefined ? null : datasetHashOf(await deps.compute('prepareDataset', prepare.input));
  const shards = await computeShards(deps, steps);
  const again = await deps.compute('fitModel', { ...fit.input, shards });
  const [wanted, found] = [String(fit.output.artefactHash), String(again.artefactHash)];
  const inputs = comparedInputs(deps, recorded, { fit, rebuilt });
  const files = wanted === found ? [] : await differingFiles(deps.blobs, wanted, found);
  const reasons = reasonsOf({ isSame: wanted === found, files, inputs });
  return {
    status: reasons.length === 0 ? 'reproduced' : 'differs',
    workflowId: run.workflowId,
    modelName: run.modelName,
    line: run.line,
    recorded: wanted,
    found,
    files,
    inputs,
    reasons,
  };
}

const datasetHashOf = ({ dataset }: Readonly<Record<string, unknown>>): string =>
  (dataset as { readonly hash: string } | undefined)?.hash ?? 'none';

async function computeShards({ compute }: ReproduceDeps, steps: readonly StepRecord[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const { input } of steps.filter(({ step }) => step === 'fitShard'))
    hashes.push(String((await compute('fitShard', input)).hash));
  return hashes;
}

function comparedInputs(
  { codeOf, environment }: ReproduceDeps,
  { run, origin, steps }: RecordedRun,
  { fit, rebuilt }: { readonly fit: StepRecord; readonly rebuilt: string | null },
): ReproducedInput[] {
  const compare = (name: ReproducedInput['name'], recorded: string, now: string): ReproducedInput => ({
    name,
    recorded,
    now,
    same: recorded === now,
  });
  const dataset = run.dataset?.hash ?? '';
  const code = (step: StepRecord) => codeOf(step.step, step.modelName);
  const computing = steps.filter(({ step }) => ['prepareDataset', 'fitShard', 'fitModel'].includes(step));
  const changed = computing.find((step) => code(step) !== step.code) ?? fit;
  const snapshotHash = origin?.snapshotHash ?? null;
  return [
    ...(snapshotHash === null ? [] : [compare('snapshot', snapshotHash, snapshotHash)]),
    compare('data set', dataset, rebuilt ?? dataset),
    compare('parameters', ...shownParams(run.params, fit.input.params)),
    compare('seed', String(run.seed), String(fit.input.seed)),
    compare('code', changed.code, code(changed)),
    compare('Node.js', fit.environment.node, environment.node),
    compare('processor', processorOf(fit.environment), processorOf(environment)),
  ];
}

const processorOf = ({ architecture, platform }: ComputingEnvironment): string => `${architecture} ${platform}`;

/** Parameters of the registry and of the training; only those that differ are shown. */
function shownParams(recorded: Readonly<Record<string, unknown>>, used: unknown): [string, string] {
  const params = used as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(params)])];
  const other = names.filter((name) => !isDeepStrictEqual(recorded[name], params[name]));
  const shown = (values: Readonly<Record<string, unknown>>): string =>
    other.map((name) => `${name}=${JSON.stringify(values[name] ?? null)}`).join(' ');
  return other.length === 0
    ? [`${names.length} recorded`, `${names.length} recorded`]
    : [shown(recorded), shown(params)];
}

async function differingFiles(blobs: BlobStore, wanted: string, found: string): Promise<string[]> {
  const [before, now] = [await loadManifest(blobs, wanted), await loadManifest(blobs, found)];
  const hashes = new Map(before.files.map(({ name, sha256 }) => [name, sha256]));
  const names = new Set([...hashes.keys(), ...now.files.map(({ name }) => name)]);
  const present = new Map(now.files.map(({ name, sha256 }) => [name, sha256]));
  return [...names].filter((name) => hashes.get(name) !== present.get(name)).sort();
}

function reasonsOf({
  isSame,
  files,
  inputs,
}: {
  readonly isSame: boolean;
  readonly files: readonly string[];
  readonly inputs: readonly ReproducedInput[];
}): string[] {
  const rebuilt = inputs.find(({ name, same }) => name === 'data set' && !same);
  const reasons = rebuilt === undefined ? [] : ['the snapshot gives another data set than it did'];
  if (!isSame) reasons.push(`the artefact differs${files.length === 0 ? '' : ` in ${files.join(', ')}`}`);
  if (reasons.length === 0) return [];
  const causes = inputs.filter(({ name, same }) => !same && name !== 'data set').map(({ name }) => name);
  const none = 'no recorded input differs: the computation is not deterministic on this machine';
  return [...reasons, causes.length === 0 ? none : `these differ from what was recorded: ${causes.join(', ')}`];
}
