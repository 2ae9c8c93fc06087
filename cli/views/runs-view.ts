import { parityResult } from '../../contracts/feature-parity.js';
import { materializeFeaturesResult } from '../../contracts/materialisation.js';
import { reportMaterialisation } from '../runs/materialize.js';
import { reportParity } from '../runs/parity.js';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { loadEvaluation } from '../../training/evaluation-document.js';
import { partSentences } from '../../registry/part-sentences.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Metric } from '../../contracts/evaluation.js';
import type { MetricStep, RunAnnotations } from '../../contracts/run-book.js';
import type { RunRecord } from '../../contracts/registry.js';
import { CLOCK_SKEW_MS, totalUsage, type UsageTotal } from '../../contracts/resource-usage.js';
import { sourceOfLock } from '../../contracts/workflows.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { decisionOfRetraining } from '../../monitoring/drift/drift-log.js';
import { windowText } from '../../monitoring/drift/window-text.js';
import { describeRun } from '../../platform/temporal/describe-run.js';
import type { CliContext, Connection } from '../program/context.js';
import { followRun } from '../runs/follow.js';
import { reconcileRuns } from '../runs/reconcile.js';
import {
  formatDuration,
  formatMetric,
  formatTime,
  formatValue,
  overrideSentence,
  shortHash,
} from '../output/format.js';
import type { Output } from '../output/output.js';
import { printText } from '../output/print-text.js';
import { progressLines } from '../output/progress-lines.js';
import { readProgress } from '../../platform/temporal/read-progress.js';
import { runUrl } from './results.js';
import { failureOfRun, failuresOfWorkflow, printFailure } from './run-failure.js';
import { annotationLines, seriesLines } from './annotation-lines.js';
import { stepLines, type StepOrigin, stepOrigins } from './steps-view.js';
import { reportDetached, reportMaster, reportModel } from './training-report.js';

export const runHead = ['run', 'model', 'line', 'status', 'metric (95 % interval)', 'version', 'started (UTC)', 'took'];

export const runRow = (run: RunRecord): readonly string[] => [
  run.workflowId,
  run.modelName,
  run.line,
  run.status,
  run.metrics[0] ? formatMetric(run.metrics[0]) : '–',
  run.version ?? '–',
  formatTime(run.startedAt),
  run.endedAt === null ? '–' : formatDuration(run.endedAt.getTime() - run.startedAt.getTime()),
];

/**
 * Prints a run, or the runs of a retraining; with `follow` waits for the end first. Of a lock it prints who holds it.
 * @throws PipelineError `RUN_NOT_FOUND`.
 */
export async function showRun(cli: CliContext, workflowId: string, follow: boolean): Promise<void> {
  const connection = await cli.connect();
  const workflow = await describeRun(await connection.temporal(), workflowId);
  if (workflow?.type === 'retrainingLock') return showLock(cli, connection, workflow, follow);
  if (follow && workflow !== null) return followToEnd(cli, connection, workflow);
  const { registry } = connection.services;
  const recorded = await registry.listRuns({ workflowId });
  const runs = await reconcileRuns(recorded, { registry, temporal: connection.temporal });
  if (workflow === null && runs.length === 0) throw pipelineError('RUN_NOT_FOUND', { id: workflowId });
  const url = runUrl(connection.endpoints.temporal, workflowId);
  const status = workflow?.status.name ?? null;
  const parts = await Promise.all(runs.map((run) => partsOf(connection.services.blobs, run)));
  const { failures, progress } = await courseOf(connection, workflow);
  const stepsOf = async ({ runKey }: RunRecord) => stepOrigins(await connection.services.steps.listSteps(runKey));
  const explained = await Promise.all(
    runs.map(async (run) => ({
      ...run,
      failure: failureOfRun(run),
      steps: await stepsOf(run),
      usage: await usageOf(connection, run),
      ...(await bookOf(connection, run)),
    })),
  );
  const report = await connection.services.reports.findReport(workflowId);
  const trigger = await triggerOf(connection, workflowId);
  cli.out.result({ workflowId, status, url, report, trigger, failures, progress, runs: explained }, () => {
    const known = status === null ? 'no longer known to Temporal' : `${workflow!.type}, ${status.toLowerCase()}`;
    cli.out.line(`${cli.out.paint.bold(workflowId)}  ${known}`);
    if (url !== null) cli.out.line(url);
    if (report !== null) cli.out.line(`report: ml runs report ${workflowId}`);
    if (trigger !== null) cli.out.line(`started for drift in ${trigger.window}: ${trigger.reasons.join('; ')}`);
    // The failure of a single run is printed with it.
    if (!runs.some(({ workflowId: id }) => id === workflowId))
      for (const failure of failures) printFailure(cli.out, failure);
    if (progress !== null) for (const line of progressLines(progress)) cli.out.line(line);
    for (const [i, run] of explained.entries()) printRun(cli.out, run, parts[i]!);
  });
}

/** What started a retraining, or the retraining of a run, for drift; null for one that drift did not start. */
async function triggerOf({ services }: Connection, workflowId: string) {
  const decision = await decisionOfRetraining(services.pool, workflowId.split('/', 1)[0]!);
  if (decision === null) return null;
  const { window, reasons } = decision;
  return { kind: 'drift', window: windowText(window), reasons };
}

/** What people say about a run, and its metrics by step. */
async function bookOf({ services: { runBook } }: Connection, run: RunRecord) {
  return { ...(await runBook.annotations(run)), series: await runBook.listSteps(run) };
}

/** What the steps of a run used; null for a run from before it was recorded. */
export async function usageOf(
  { services }: Connection,
  { workflowId, startedAt }: RunRecord,
): Promise<UsageTotal | null> {
  const steps = await services.usage.listUsage(workflowId, new Date(startedAt.getTime() - CLOCK_SKEW_MS));
  return steps.length === 0 ? null : totalUsage(steps);
}

/**
 * A lock is no run: it says which source it stands for and which retraining holds it. With `follow` that retraining is
 * followed, since the lock itself ends without a result.
 */
async function showLock(
  cli: CliContext,
  connection: Connection,
  { workflowId, status, parentExecution }: WorkflowExecutionDescription,
  follow: boolean,
): Promise<void> {
  const source = sourceOfLock(workflowId);
  const heldBy = parentExecution?.workflowId ?? null;
  const held = status.name === 'RUNNING';
  const sentence = `${workflowId} is the lock of the source ${source}, ${held ? 'held' : 'last held'} by ${heldBy ?? 'nobody'}`;
  const holder = heldBy === null ? null : await describeRun(await connection.temporal(), heldBy);
  if (follow && holder !== null) {
    cli.out.notice(sentence);
    return followToEnd(cli, connection, holder);
  }
  cli.out.result({ workflowId, kind: 'lock', source, heldBy, held }, () => {
    cli.out.line(sentence);
    cli.out.line('It lets one retraining of the source run at a time and ends with it.');
    if (heldBy !== null) cli.out.line(`ml runs show ${heldBy}${held ? ' --follow' : ''}`);
  });
}

/** Why a workflow failed, or where it is while it runs. */
async function courseOf(connection: Connection, workflow: WorkflowExecutionDescription | null) {
  if (workflow === null) return { failures: [], progress: null };
  const handle = (await connection.temporal()).workflow.getHandle(workflow.workflowId);
  const progress = workflow.status.name === 'RUNNING' ? await readProgress(handle) : null;
  return { failures: await failuresOfWorkflow(handle, workflow), progress };
}

async function followToEnd(
  cli: CliContext,
  connection: Connection,
  { workflowId, type }: WorkflowExecutionDescription,
): Promise<void> {
  const waited = await followRun(cli, await connection.temporal(), workflowId, connection.services);
  if (waited.status === 'detached') {
    reportDetached(cli, connection, workflowId);
    return;
  }
  if (type === 'masterTraining') return reportMaster(cli, connection, workflowId, waited.result);
  if (type === 'checkParity') {
    reportParity(cli, workflowId, parityResult.parse(waited.result));
    return;
  }
  if (type === 'materializeFeatures') {
    reportMaterialisation(cli, workflowId, materializeFeaturesResult.parse(waited.result));
    return;
  }
  if (isModelTraining(waited.result)) return reportModel(cli, connection, workflowId, waited.result);
  cli.out.result({ workflowId, result: waited.result }, () => {
    printText(cli.out, JSON.stringify(waited.result, null, 2));
  });
}

/** Training runs under one name and an alias a model; the form of the result tells them. */
const isModelTraining = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'decision' in result && 'holdoutRows' in result;

/** Why a metric has no value or no interval. */
const remarkOf = ({ remark }: Metric): string => (remark === undefined ? '' : ` (${remark})`);

/** The metric on each part of the holdout, and the drift between them; [] when the evaluation is not stored. */
async function partsOf(blobs: BlobStore, { evaluationHash }: RunRecord): Promise<readonly string[]> {
  if (evaluationHash === null || !(await blobs.has(evaluationHash))) return [];
  const document = await loadEvaluation(blobs, evaluationHash);
  return partSentences(document.parts, document);
}

function printRun(
  out: Output,
  run: RunRecord &
    RunAnnotations & {
      readonly steps: readonly StepOrigin[];
      readonly usage: UsageTotal | null;
      readonly series: readonly MetricStep[];
    },
  parts: readonly string[],
): void {
  out.line();
  out.table({ head: runHead, rows: [runRow(run)] });
  if (isSynthetic(run.line)) out.line(out.paint.yellow(`  ${SYNTHETIC_REMARK}`));
  printDecision(out, run);
  if (run.status === 'unchanged') out.line('  gates as measured, none of which decides:');
  for (const { gate, finding, passed } of run.gates) out.line(`  ${passed ? '✓' : '✗'} ${gate}: ${finding}`);
  for (const metric of run.metrics) out.line(`  ${formatMetric(metric)}, n = ${metric.n}${remarkOf(metric)}`);
  for (const part of parts) out.line(`  ${part}`);
  if (run.dataset !== null) printDataset(out, run.dataset);
  const params = Object.entries(run.params).map(([name, value]) => `${name}=${formatValue(value)}`);
  out.line(`  parameters  ${params.join(' ')} seed=${run.seed}`);
  printOrigin(out, run);
  for (const line of [...annotationLines(run), ...seriesLines(run.series)]) out.line(`  ${line}`);
  for (const line of stepLines(run.rerun, run.steps)) out.line(`  ${line}`);
}

function printOrigin(out: Output, run: RunRecord & { readonly usage: UsageTotal | null }): void {
  if (run.artefactHash !== null) out.line(`  artefact    ${shortHash(run.artefactHash)}`);
  out.line(`  code        ${run.codeVersion}`);
  if (run.usage !== null) out.line(`  used        ${usageText(run.usage)}`);
}

/** `53.9 CPU-s, at most 412 MB`. */
const usageText = ({ cpuSeconds, peakMemoryMb }: UsageTotal): string =>
  `${cpuSeconds.toFixed(1)} CPU-s${peakMemoryMb === null ? '' : `, at most ${peakMemoryMb} MB`}`;

/** Why the run ended as it did: its failure or its reasons, and what a person said. */
function printDecision(out: Output, run: RunRecord): void {
  const failure = failureOfRun(run);
  if (failure !== null) printFailure(out, failure);
  else for (const reason of reasonsBesideGates(run)) out.line(`  ${reason}`);
  if (run.statedReason !== null) out.line(`  stated reason: ${run.statedReason}`);
  if (run.override !== null) out.line(`  ${run.version ?? ''} ${overrideSentence(run.override)}`);
}

/** A rejection repeats the findings of its gates as reasons; the gates are printed anyway. */
export const reasonsBesideGates = ({ reasons, gates }: Pick<RunRecord, 'reasons' | 'gates'>): readonly string[] =>
  reasons.filter((reason) => !gates.some(({ gate, finding }) => reason === `${gate}: ${finding}`));

function printDataset(out: Output, dataset: NonNullable<RunRecord['dataset']>): void {
  const { origin } = dataset;
  const from =
    origin.kind === 'file'
      ? `${origin.fileName} (${origin.format})`
      : `snapshot ${shortHash(origin.snapshotHash)} of ${origin.source}`;
  out.line(`  data        ${dataset.rows} rows, ${from}, ${shortHash(dataset.hash)}`);
  for (const note of dataset.notes) out.line(`              ${note}`);
}

/** One run by its id, or the only run of a retraining of one model. @throws PipelineError `RUN_NOT_FOUND`, `INVALID_INPUT`. */
export const findRun = async ({ services }: Connection, workflowId: string): Promise<RunRecord> =>
  onlyRun(workflowId, await services.registry.listRuns({ workflowId }));

/** The same of several ids, in their order, with one query. @throws PipelineError `RUN_NOT_FOUND`, `INVALID_INPUT`. */
export async function findRuns({ services }: Connection, ids: readonly string[]): Promise<RunRecord[]> {
  const found = await services.registry.listRuns({ workflowIds: ids, limit: MOST_RUNS });
  return ids.map((id) => onlyRun(id, found));
}

/** More than the models of all retrainings that one would compare. */
const MOST_RUNS = 10_000;

/** @param found - among others all runs of this workflow and those below it. */
function onlyRun(workflowId: string, found: readonly RunRecord[]): RunRecord {
  const own = found.filter(({ workflowId: id }) => id === workflowId || id.startsWith(`${workflowId}/`));
  const [run, ...others] = own;
  if (run === undefined) throw pipelineError('RUN_NOT_FOUND', { id: workflowId });
  if (others.length === 0) return run;
  const candidates = [run, ...others].map((one) => one.workflowId);
  throw new PipelineError('INVALID_INPUT', `${workflowId} is the id of ${candidates.length} runs; name one`, {
    candidates,
  });
}
