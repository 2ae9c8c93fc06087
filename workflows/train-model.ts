import './zod-without-eval.js';
import {
  CancellationScope,
  executeChild,
  isCancellation,
  patched,
  ParentClosePolicy,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { EvaluatedModel, FittedModel, FittedShard } from '../contracts/activities.js';
import type { DatasetRef } from '../contracts/dataset.js';
import { metricSummary } from '../contracts/evaluation.js';
import type { RegistrationResult } from '../contracts/registry.js';
import type {
  SearchAttributeValues,
  TrainingStage,
  TrainModelInput,
  TrainModelResult,
} from '../contracts/workflows.js';
import { trainModelInput, workflowIds } from '../contracts/workflows.js';
import { mapBounded } from './bounded.js';
import { onlyModel } from './choose.js';
import { dataPipeline, stateRemark } from './data-pipeline.js';
import { qualityFinding, qualityReasons } from './quality-reasons.js';
import { faultOf, isDataFault } from './failures.js';
import { trainingStage } from './messages.js';
import { parseInput } from './parse-input.js';
import { recordDecision, recordFailure } from './record-end.js';
import { recordedEvaluation, recordedModel, recordedRows, type TrainingRows } from './recorded-results.js';
import { bookkeeping, dataStep, trainingStep } from './steps.js';
import { prepareRows } from './bucket-steps.js';
import { enter, type RegisteredModel, resultOf, resultWith, type Training } from './training-run.js';
import type { ProgressTable } from './visibility.js';
import { reportLink, setSearchAttributes, showProgress, withOrigin } from './visibility.js';

/** Evaluations, repeated when another run changed the champion before the registration. */
const REGISTRATION_ATTEMPTS = 3;

/** Shards scheduled at a time; the slots of the training workers limit how many are computed at once. */
const SHARDS_AT_ONCE = 16;

/**
 * Trains, evaluates and registers one version of one model.
 * Workflow id: `<parent>/<modelName>`; a second start of a running id is refused, not doubled.
 */
export async function trainModel(input: TrainModelInput = {}): Promise<TrainModelResult> {
  const request = parseInput(trainModelInput, input);
  const modelName = request.modelName ?? (await onlyModel());
  const training = {
    request,
    modelName,
    runKey: workflowInfo().firstExecutionRunId,
    dataNotes: [] as string[],
    stage: 'planning' as TrainingStage,
  };
  const table = showProgress([
    'plan',
    'data',
    'dataset',
    'validation',
    'training',
    'evaluation',
    'registration',
    'card',
  ]);
  setHandler(trainingStage, () => training.stage, { description: 'Where this training is' });
  setSearchAttributes({ ModelName: modelName });

  const plan = await openRun(training, table);
  return closeRun(Object.assign(training, { plan, table }));
}

/** Opens the run; not cancellable, so that a cancelled workflow always has a run to close. */
async function openRun({ request, modelName, runKey }: Omit<Training, 'plan' | 'table'>, table: ProgressTable) {
  const { params, seed, update, reason, from, rerunOf, force, source, snapshotHash, datasetHash, policy } = request;
  const { workflowId } = workflowInfo();
  table.mark('plan', 'running');
  const references = { line: null, source, snapshotHash, datasetHash, policy };
  const wanted = { params, seed, update, reason, from, rerunOf, force };
  const plan = await CancellationScope.nonCancellable(() =>
    bookkeeping('Plan').planTraining({ runKey, workflowId, modelName, ...wanted, ...references }),
  );
  table.onLine(plan.line);
  const { rerunOf: former = null, from: first = from } = plan.start ?? {};
  const repeated = former === null ? '' : `, from ${first} of ${former}`;
  table.mark('plan', 'done', `line ${plan.line}, target ${plan.target ?? 'none'}${repeated}`);
  return plan;
}

/** Records how the run ended, also when it failed or was cancelled. */
async function closeRun(training: Training): Promise<TrainModelResult> {
  const { table } = training;
  try {
    const result = await trainOrReject(training);
    await recordDecision(training, result);
    setSearchAttributes({ Decision: result.decision, ...metricAttribute(result) });
    table.enter(result.stage);
    return result;
  } catch (failure) {
    const status = isCancellation(failure) ? 'cancelled' : 'failed';
    table.mark(training.stage, status, faultOf(failure).message);
    setSearchAttributes({ Decision: status });
    await recordFailure(training, status, faultOf(failure));
    throw failure;
  }
}

/** A data fault in the rows of a snapshot is the result `rejected`; in an imported file it is an error. */
async function trainOrReject(training: Training): Promise<TrainModelResult> {
  try {
    return await train(training);
  } catch (failure) {
    const fault = faultOf(failure);
    if (originOf(training).datasetHash !== null || !isDataFault(fault)) throw failure;
    return resultWith(training, 'rejected', { reasons: [`${fault.code}: ${fault.message}`] });
  }
}

async function train(training: Training): Promise<TrainModelResult> {
  const rows = recordedRows(training) ?? (await takeRows(training));
  if ('decision' in rows) return rows;
  const { dataset, shards } = rows;
  const fitted = recordedModel(training) ?? (await fit(training, dataset, shards));
  const registered = await evaluateAndRegister(training, dataset, fitted);
  const cardHash = await writeCard(training, dataset, registered);
  return resultOf(training, { ...registered, dataset, cardHash });
}

/** Nothing for a run without an evaluation. */
function metricAttribute({ metrics: [primary] }: TrainModelResult): SearchAttributeValues {
  const value = primary?.value ?? null;
  return value === null ? {} : { Metric: value };
}

/** The rows from the source or a file, selected, validated and, of a file, written as customer state. */
async function takeRows(training: Training): Promise<TrainingRows | TrainModelResult> {
  const located = await locateRows(training);
  if ('decision' in located) return located;
  const prepared = await prepare(training, located);
  if ('decision' in prepared) return prepared;
  const refused = await validate(training, prepared.dataset);
  if (refused !== null) return refused;
  const faulty = await checkNewRows(training, prepared.dataset);
  if (faulty !== null) return faulty;
  if (located.datasetHash !== null && patched('customer-state')) await materializeStates(training, prepared.dataset);
  return prepared;
}

interface RowOrigin {
  readonly snapshotHash: string | null;
  readonly datasetHash: string | null;
}

/** Where the rows come from that the request or the plan names; neither of both: from a new snapshot. */
const originOf = ({ request, plan }: Training): RowOrigin & { readonly source: string | null } => plan.start ?? request;

/** The snapshot or data set of the request, else a new snapshot of the source. */
async function locateRows(training: Training): Promise<RowOrigin | TrainModelResult> {
  const { snapshotHash, datasetHash, source } = originOf(training);
  enter(training, 'data', training.plan.source === undefined ? {} : { Source: training.plan.source });
  if (snapshotHash !== null || datasetHash !== null) {
    training.table.mark('data', 'done', (snapshotHash ?? datasetHash ?? '').slice(0, 12));
    return { snapshotHash, datasetHash };
  }
  const { workflowId } = workflowInfo();
  const taken = await executeChild(dataPipeline, {
    workflowId: workflowIds.dataPipelineOf(workflowId),
    args: [{ source, cache: training.request.cache, policy: training.request.policy }],
    staticSummary: `Data for ${workflowId}`,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });
  if (taken.status === 'rejected')
    return resultWith(training, 'rejected', {
      stage: 'validation',
      reasons: taken.reasons,
      reportHash: taken.reportHash,
    });
  training.dataNotes.push(...(taken.notes ?? []));
  training.table.mark('data', 'done', [taken.snapshotHash.slice(0, 12), ...training.dataNotes].join('; '));
  return { snapshotHash: taken.snapshotHash, datasetHash: null };
}

async function prepare(training: Training, origin: RowOrigin): Promise<TrainingRows | TrainModelResult> {
  const { runKey, modelName, plan, table } = training;
  enter(training, 'dataset');
  const { cache } = training.request;
  const request = { runKey, modelName, params: plan.params, cache, ...origin };
  const prepared = await prepareRows(request, plan.heartbeatTimeoutMs, (remark) =>
    table.mark('dataset', 'running', remark),
  );
  if (prepared.status === 'skipped') return resultWith(training, 'skipped', { reasons: [prepared.reason] });
  table.mark('dataset', 'done', withOrigin(`${prepared.dataset.rows} rows`, prepared));
  return { dataset: prepared.dataset, shards: prepared.shards ?? 0 }; // absent in runs from before there were shards
}

async function validate(training: Training, dataset: DatasetRef): Promise<TrainModelResult | null> {
  const { runKey, modelName, plan, table } = training;
  enter(training, 'validation');
  const quality = await dataStep('Validate rows', plan.heartbeatTimeoutMs).validateDataset({
    runKey,
    modelName,
    dataset,
    allowSuspiciousLabels: training.request.allowSuspiciousLabels || plan.start?.allowSuspiciousLabels === true,
    cache: training.request.cache,
  });
  if (!quality.passed) {
    table.link('data report', reportLink(plan, quality.reportHash));
    const facts = { reasons: qualityReasons(quality), reportHash: quality.reportHash, rows: dataset.rows };
    return resultWith(training, 'rejected', { ...facts, notes: dataset.notes });
  }
  table.mark('validation', 'done', withOrigin(qualityFinding(quality), quality));
  return null;
}

/** Rows that a fault of the source explains are not learned from; what has drifted since the champion is noted. */
async function checkNewRows(training: Training, dataset: DatasetRef): Promise<TrainModelResult | null> {
  if (dataset.origin.kind !== 'snapshot' || !patched('drift-of-new-rows')) return null;
  const { modelName, plan, table } = training;
  const step = dataStep('Compare new rows with the champion', plan.heartbeatTimeoutMs);
  const { notes, faults } = await step.checkNewRows({ modelName, dataset });
  training.dataNotes.push(...notes);
  if (faults.length > 0)
    return resultWith(training, 'rejected', { reasons: [...faults], rows: dataset.rows, notes: [...notes] });
  if (notes.length > 0) table.mark('validation', 'done', notes.join('; '));
  return null;
}

/** Customers of an imported file can be asked by their id under its line, like those of a source. */
async function materializeStates(
  { runKey, plan, request, table }: Training,
  { hash, rows }: DatasetRef,
): Promise<void> {
  const step = dataStep('Write customer state', plan.heartbeatTimeoutMs);
  const { cache } = request;
  const written = await step.materializeStates({ runKey, snapshotHash: null, datasetHash: hash, cache });
  if (written.sets.length > 0) table.mark('dataset', 'done', `${rows} rows; ${stateRemark(written)}`);
}

/** Fits each shard in a step of its own, so that after a crash only that shard is repeated. @returns results in shard order. */
async function fitShards(training: Training, dataset: DatasetRef, count: number): Promise<FittedShard[]> {
  const { runKey, modelName, plan, table } = training;
  const { params, seed, trainTimeoutMs: timeoutMs, heartbeatTimeoutMs } = plan;
  const { cache } = training.request;
  let done = 0;
  return mapBounded([...Array(count).keys()], SHARDS_AT_ONCE, async (index) => {
    const step = trainingStep(`Shard ${index + 1} of ${count}`, { timeoutMs, heartbeatTimeoutMs });
    const fitted = await step.fitShard({ runKey, modelName, dataset, params, seed, cache, shard: { index, count } });
    table.mark('training', 'running', `${++done} of ${count} shards`);
    return fitted;
  });
}

async function fit(training: Training, dataset: DatasetRef, shardCount: number): Promise<FittedModel> {
  const { runKey, modelName, plan, table } = training;
  enter(training, 'training');
  const fittedShards = await fitShards(training, dataset, shardCount);
  const { params, seed, trainTimeoutMs: timeoutMs, heartbeatTimeoutMs } = plan;
  const step = trainingStep('Train', { timeoutMs, heartbeatTimeoutMs });
  // From the recorded plan, so that a retry after a promotion continues the same champion.
  const { championArtefactHash, championTrainingRowsHash } = plan;
  const continued = {
    ...(championArtefactHash === undefined ? {} : { championArtefactHash }),
    ...(championTrainingRowsHash === undefined ? {} : { championTrainingRowsHash }),
  };
  const shards = fittedShards.map(({ hash }) => hash);
  const kept = { ...continued, holdoutHashes: holdoutsOf(fittedShards), cache: training.request.cache };
  const fitted = await step.fitModel({ runKey, modelName, dataset, params, seed, shards, ...kept });
  const finding = `${fitted.trainedRows} rows, artefact ${fitted.artefactHash.slice(0, 12)}`;
  table.mark('training', 'done', withOrigin(finding, fitted));
  return fitted;
}

/** Distinct hashes; none for runs from before holdouts were recorded. */
const holdoutsOf = (fitted: readonly { readonly holdoutHash?: string | undefined }[]): string[] => [
  ...new Set(fitted.flatMap(({ holdoutHash }) => (holdoutHash === undefined ? [] : [holdoutHash]))),
];

/** Evaluates and registers; repeats with the new champion when another run changed it before the registration. */
async function evaluateAndRegister(
  training: Training,
  dataset: DatasetRef,
  fitted: FittedModel,
): Promise<RegisteredModel> {
  for (let attempt = 1; ; attempt++) {
    // After another run changed the champion a recorded evaluation is of no use either.
    const recorded = attempt === 1 ? recordedEvaluation(training) : null;
    const evaluated = recorded ?? (await evaluate(training, dataset, fitted));
    try {
      return { fitted, evaluated, registration: await register(training, dataset, { fitted, evaluated }) };
    } catch (failure) {
      if (faultOf(failure).code !== 'CONFLICT' || attempt === REGISTRATION_ATTEMPTS) throw failure;
    }
  }
}

async function evaluate(training: Training, dataset: DatasetRef, fitted: FittedModel): Promise<EvaluatedModel> {
  const { runKey, modelName, plan, table } = training;
  enter(training, 'evaluation');
  const { seed, evaluateTimeoutMs: timeoutMs, heartbeatTimeoutMs } = plan;
  const step = trainingStep('Evaluate on the holdout', { timeoutMs, heartbeatTimeoutMs });
  const evaluated = await step.evaluateModel({
    runKey,
    modelName,
    dataset,
    seed,
    artefactHash: fitted.artefactHash,
    definitionHash: fitted.definitionHash,
    ...(fitted.trainingRowsHash === undefined ? {} : { trainingRowsHash: fitted.trainingRowsHash }),
    reason: plan.start?.reason ?? training.request.reason,
    cache: training.request.cache,
    holdoutHashes: holdoutsOf([fitted]),
  });
  const [primary] = evaluated.metrics;
  table.mark('evaluation', 'done', withOrigin(primary === undefined ? '' : metricSummary(primary), evaluated));
  return evaluated;
}

async function register(
  training: Training,
  dataset: DatasetRef,
  { fitted, evaluated }: { fitted: FittedModel; evaluated: EvaluatedModel },
): Promise<RegistrationResult> {
  const { runKey, modelName, table } = training;
  enter(training, 'registration');
  const { artefactHash, signatureHash, definitionHash } = fitted;
  const { evaluationHash, metrics, comparisons, gates, championVersion } = evaluated;
  const registration = await bookkeeping('Register').registerModel({
    runKey,
    modelName,
    line: dataset.line,
    dataset,
    artefactHash,
    signatureHash,
    definitionHash,
    evaluationHash,
    metrics,
    comparisons,
    gates,
    championVersion,
  });
  const state = registration.decision === 'rejected' ? 'rejected' : 'done';
  table.mark('registration', state, [registration.decision, registration.version].join(' ').trim());
  return registration;
}

/** Writes the model card; an unchanged artefact has one already. */
async function writeCard(
  training: Training,
  { line }: DatasetRef,
  { fitted, evaluated, registration }: RegisteredModel,
): Promise<string | null> {
  const { decision, version, reasons } = registration;
  const { runKey, modelName, table } = training;
  if (decision === 'unchanged') {
    table.mark('card', 'skipped', 'the version has its card');
    return null;
  }
  enter(training, 'card');
  const { evaluationHash } = evaluated;
  const { definitionHash } = fitted;
  const card = { runKey, modelName, line, evaluationHash, definitionHash, decision, version, reasons };
  const { cardHash } = await dataStep('Write model card', training.plan.heartbeatTimeoutMs).writeCard(card);
  table.mark('card', 'done', cardHash.slice(0, 12));
  table.link('model card', reportLink(training.plan, cardHash));
  return cardHash;
}
