import './zod-without-eval.js';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, CancellationScope, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { MasterPlan } from '../contracts/activities.js';
import { metricSummary } from '../contracts/evaluation.js';
import { isSynthetic } from '../contracts/ids.js';
import type {
  DataPipelineInput,
  DataPipelineResult,
  MasterTrainingInput,
  MasterTrainingResult,
  ModelOutcome,
  TrainModelInput,
  TrainModelResult,
} from '../contracts/workflows.js';
import { masterTrainingInput, workflowIds } from '../contracts/workflows.js';
import { mapBounded } from './bounded.js';
import { dataPipeline } from './data-pipeline.js';
import { type Fault, faultOf } from './failures.js';
import { withFinalFailure } from './final-failure.js';
import { createOutageStop, type OutageStop } from './outage-stop.js';
import { parseInput } from './parse-input.js';
import { promoteModel } from './promote-model.js';
import { type Course, withReport } from './retraining-report.js';
import { withSourceLock } from './source-lock.js';
import { bookkeeping, dataStep } from './steps.js';
import { trainModel } from './train-model.js';
import type { ProgressTable } from './visibility.js';
import { reportLink, setSearchAttributes, showProgress, summaryOf } from './visibility.js';

/** As in promoteModel: one artefact, one sample. */
const SMOKE_TEST_SILENCE_MS = 120_000;

/** Why an automatic approval does not reach a version of synthetic data. */
const NO_AUTOMATIC_DEMO = 'synthetic data goes no further by itself: ml promote --demo';

interface Master {
  readonly request: ReturnType<typeof masterTrainingInput.parse>;
  readonly runKey: string;
  readonly workflowId: string;
  readonly plan: MasterPlan;
  readonly table: ProgressTable;
  readonly outageStop: OutageStop;
  readonly course: Course;
}

/**
 * Takes one snapshot, trains every model on it in parallel, promotes registered versions to staging and proposes them
 * for production. The failure of one model does not stop the others, but after an outage that outlasted the patience no
 * further model is started. One retraining of a source runs at a time.
 */
export async function masterTraining(input: MasterTrainingInput = {}): Promise<MasterTrainingResult> {
  const request = parseInput(masterTrainingInput, input);
  const { firstExecutionRunId: runKey, workflowId } = workflowInfo();
  const { models, source, snapshotHash, from, rerunOf } = request;
  const table = showProgress(['data pipeline']);
  const plan = await withFinalFailure(() =>
    bookkeeping('Plan').planMaster({ models, source, snapshotHash, from, rerunOf }),
  );
  table.onLine(plan.line);
  for (const model of plan.models) table.mark(model, 'waiting');
  const course: Course = { snapshotHash: null, notes: [], outcomes: [] };
  const master = { request, runKey, workflowId, plan, table, outageStop: createOutageStop(), course };
  return withSourceLock(plan.source, () => withFinalFailure(() => withReport(master, () => retrain(master))));
}

async function retrain(master: Master): Promise<MasterTrainingResult> {
  const { request, plan, table } = master;
  const data = await takeData(master);
  Object.assign(master.course, { snapshotHash: data.snapshotHash, notes: 'notes' in data ? (data.notes ?? []) : [] });
  if (data.status === 'rejected') return rejected(master, data);
  table.enter('training');
  const outcomes = await mapBounded(plan.models, request.parallel, (model) =>
    noted(master.course, outcomeOf(master, model, data.snapshotHash)),
  );
  return completed(master, data, outcomes);
}

/** Keeps an outcome for the report of a retraining that is cancelled later. */
async function noted({ outcomes }: Course, outcome: Promise<ModelOutcome>): Promise<ModelOutcome> {
  outcomes.push(await outcome);
  return outcome;
}

type SnapshotTaken = {
  readonly status: 'completed';
  /** Null when each model takes the data set of the run that it repeats. */
  readonly snapshotHash: string | null;
  readonly notes?: string[] | undefined;
};
type SnapshotRejected = Extract<DataPipelineResult, { status: 'rejected' }>;

/** `full` is named where it is asked for alone, as in recorded runs. */
const dataPipelineArgs = (source: string, { asOf, cache, policy, full }: Master['request']): DataPipelineInput => ({
  ...{ source, asOf, cache, policy },
  ...(full ? { full } : {}),
});

async function takeData({ request, workflowId, plan, table }: Master): Promise<SnapshotTaken | SnapshotRejected> {
  table.enter('data', { Source: plan.source });
  const named = plan.snapshotHash ?? request.snapshotHash;
  if (named !== null || request.from !== 'data') {
    const finding = named === null ? 'each model takes its own' : `snapshot ${named.slice(0, 12)}`;
    table.mark('data pipeline', 'skipped', `${finding}${request.snapshotHash === null ? '' : ' was named'}`);
    return { status: 'completed', snapshotHash: named };
  }
  table.mark('data pipeline', 'running', `source ${plan.source}`);
  const taken = await executeChild(dataPipeline, {
    workflowId: workflowIds.dataPipelineOf(workflowId),
    args: [dataPipelineArgs(plan.source, request)],
    staticSummary: summaryOf(`Snapshot of ${plan.source}`, plan.line),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });
  const rejectedRows = taken.status === 'rejected';
  const notes = taken.status === 'rejected' ? [] : (taken.notes ?? []);
  const detail = [`snapshot ${taken.snapshotHash.slice(0, 12)}`, ...notes].join('; ');
  table.mark('data pipeline', rejectedRows ? 'rejected' : 'done', detail);
  return taken;
}

/** Trains one model and promotes the version it registered; a failure becomes the outcome `failed`. */
async function outcomeOf(master: Master, modelName: string, snapshotHash: string | null): Promise<ModelOutcome> {
  const { table, outageStop } = master;
  const outage = outageStop.reason();
  if (outage !== null) return failedOutcome(table, modelName, { ...outage, message: `not started: ${outage.message}` });
  table.mark(modelName, 'running');
  try {
    const result = await trainOne(master, modelName, snapshotHash);
    table.link(`card of ${modelName}`, reportLink(master.plan, result.cardHash));
    const promotion = await promoteRegistered(master, result);
    table.mark(modelName, stateOf(result), describe(result, promotion));
    return { status: 'decided', result, promotion };
  } catch (failure) {
    // The cancellation of one child is a failure of this model only; that of the whole run ends all.
    if (CancellationScope.current().consideredCancelled) throw failure;
    outageStop.note(faultOf(failure));
    return failedOutcome(table, modelName, faultOf(failure));
  }
}

function failedOutcome(table: ProgressTable, modelName: string, { code, message }: Fault): ModelOutcome {
  table.mark(modelName, 'failed', `${code}: ${message}`);
  return { status: 'failed', modelName, errorCode: code, message };
}

/** Where a model starts: on the snapshot, or in the middle of the run that it repeats. */
function startOf({ request, plan }: Master, modelName: string, snapshotHash: string | null): TrainModelInput {
  const { from } = request;
  const rerunOf = plan.reruns?.[modelName] ?? null;
  if (from === 'data' || (from === 'dataset' && rerunOf === null)) return { snapshotHash, rerunOf };
  return { from, rerunOf, source: plan.source };
}

const trainOne = (master: Master, modelName: string, snapshotHash: string | null): Promise<TrainModelResult> => {
  const { request, workflowId, plan } = master;
  const { seed, reason, cache, force } = request;
  return executeChild(trainModel, {
    workflowId: workflowIds.modelOf(workflowId, modelName),
    args: [{ modelName, seed, reason, cache, force, ...startOf(master, modelName, snapshotHash) }],
    staticSummary: summaryOf(`Train ${modelName}`, plan.line),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL, // so that a child closes its run in the registry when the parent is terminated
  });
};

const stateOf = ({ decision }: TrainModelResult) =>
  decision === 'rejected' || decision === 'skipped' ? decision : 'done';

type Promotion = Extract<ModelOutcome, { status: 'decided' }>['promotion'];

const describe = ({ decision, version, metrics, reasons }: TrainModelResult, promotion: Promotion): string =>
  [
    [decision, version].join(' ').trim(),
    metrics[0] === undefined ? reasons[0] : metricSummary(metrics[0]),
    promotion === null ? null : `${promotion.stage}${promotion.awaitingApproval ? ', awaiting approval' : ''}`,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join(' · ');

/**
 * Promotes a version of the served line from dev to staging when it passes its smoke test, and requests its promotion
 * to production. The version may come from an earlier run.
 */
async function promoteRegistered(master: Master, result: TrainModelResult): Promise<Promotion> {
  const { modelName, line, version, promotable } = result;
  if (!promotable || version === null) return null;
  const target = { modelName, line, version };
  const toStaging = { ...target, toStage: 'staging' as const };
  const { passed, finding } = await dataStep('Smoke test', SMOKE_TEST_SILENCE_MS).smokeTest(toStaging);
  if (!passed) {
    master.table.mark(modelName, 'failed', finding);
    return { stage: `dev (smoke test failed: ${finding})`, awaitingApproval: false, workflowId: null };
  }
  const reason = `passed its gates in ${master.workflowId}`;
  const { runKey } = master;
  await bookkeeping('Promote to staging').promoteVersion({ ...toStaging, runKey, actor: 'masterTraining', reason });
  if (master.plan.productionApproval === 'automatic' && isSynthetic(line))
    return { stage: `staging (${NO_AUTOMATIC_DEMO})`, awaitingApproval: false, workflowId: null };
  return proposeForProduction(master, target);
}

/** Starts `promoteModel` detached: an approval may take days, longer than this run. */
async function proposeForProduction(
  { plan, workflowId: parent }: Master,
  target: { readonly modelName: string; readonly line: string; readonly version: string },
): Promise<Promotion> {
  const workflowId = workflowIds.promotionOf(target.modelName, target.line, target.version);
  const options = {
    workflowId,
    args: [{ ...target, toStage: 'production', requestedBy: parent }] as [Parameters<typeof promoteModel>[0]],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: summaryOf(`Promote ${target.modelName} ${target.version} to production`, target.line),
  };
  try {
    if (plan.productionApproval === 'automatic') {
      const { status } = await executeChild(promoteModel, options);
      return { stage: status === 'promoted' ? 'production' : status, awaitingApproval: false, workflowId };
    }
    await startChild(promoteModel, options);
  } catch (failure) {
    if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
  }
  return { stage: 'staging', awaitingApproval: true, workflowId };
}

function rejected({ plan, table }: Master, data: SnapshotRejected): MasterTrainingResult {
  for (const model of plan.models) table.mark(model, 'skipped', 'the data was rejected');
  table.enter('rejected');
  setSearchAttributes({ Decision: 'rejected' });
  table.link('data report', reportLink(plan, data.reportHash));
  const { source, snapshotHash, reportHash, reasons } = data;
  return { status: 'rejected', source, snapshotHash, reportHash, reasons, models: [] };
}

function completed({ plan, table }: Master, data: SnapshotTaken, models: ModelOutcome[]): MasterTrainingResult {
  const { snapshotHash, notes = [] } = data;
  const failures = models.filter((outcome) => outcome.status === 'failed');
  const status = failures.length === 0 ? 'completed' : 'failed';
  const reasons = failures.map(({ modelName, errorCode, message }) => `${modelName}: ${errorCode}: ${message}`);
  table.enter(status);
  setSearchAttributes({ Decision: status });
  return { status, source: plan.source, snapshotHash, reportHash: null, reasons, notes, models };
}
