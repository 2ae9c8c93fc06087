import './zod-without-eval.js';
import { CancellationScope, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import {
  type BackfilledWeek,
  backfillInput,
  type BackfillInput,
  type BackfillPlan,
  type BackfillResult,
  type PlannedWeek,
} from '../contracts/backfill.js';
import { type MasterTrainingResult, workflowIds } from '../contracts/workflows.js';
import { mapBounded } from './bounded.js';
import { dataPipeline } from './data-pipeline.js';
import { faultOf } from './failures.js';
import { masterTraining } from './master-training.js';
import { parseInput, required } from './parse-input.js';
import { bookkeeping } from './steps.js';
import type { ProgressTable } from './visibility.js';
import { showProgress, summaryOf } from './visibility.js';

interface Backfill {
  readonly request: ReturnType<typeof backfillInput.parse>;
  readonly plan: BackfillPlan;
  readonly table: ProgressTable;
}

/**
 * Makes up for past runs of the weekly schedule: takes the snapshot of each as of its own moment, some at a time, then
 * retrains week by week, because each week is judged against what the one before left. What is done is left alone, so
 * that a second call does nothing. The online store keeps the present values.
 */
export async function backfillRetraining(input: BackfillInput = {}): Promise<BackfillResult> {
  const request = parseInput(backfillInput, input);
  const [from, to] = [required(request.from, 'from'), required(request.to, 'to')];
  const { source, models } = request;
  const table = showProgress([]);
  const plan = await bookkeeping('Find the weeks').planBackfill({ from, to, source, models });
  table.onLine(plan.line);
  for (const { asOf, doneBy } of plan.weeks)
    table.mark(dayOf(asOf), doneBy === null ? 'waiting' : 'skipped', doneBy === null ? '' : `done by ${doneBy}`);
  const backfill = { request, plan, table };
  const rows = await takeSnapshots(backfill);
  table.enter('training', { Source: plan.source });
  const weeks: BackfilledWeek[] = [];
  for (const [index, week] of plan.weeks.entries()) weeks.push(await retrainWeek(backfill, week, rows[index]!));
  const status = weeks.some((week) => week.status === 'failed') ? 'failed' : 'completed';
  table.enter(status);
  return { source: plan.source, line: plan.line, status, weeks };
}

const dayOf = (asOf: string): string => asOf.slice(0, 10);

/** The snapshot of a week, or how the week has ended without one. */
type WeekRows = { readonly snapshotHash: string } | BackfilledWeek;

async function takeSnapshots(backfill: Backfill): Promise<readonly WeekRows[]> {
  const { plan, table, request } = backfill;
  table.enter('data', { Source: plan.source });
  return mapBounded(plan.weeks, request.parallel, (week) => rowsOf(backfill, week));
}

async function rowsOf(backfill: Backfill, week: PlannedWeek): Promise<WeekRows> {
  const { asOf, doneBy, snapshotHash } = week;
  if (doneBy !== null) return ended(week, { status: 'done before', findings: [`done by ${doneBy}`] });
  if (snapshotHash !== null) return { snapshotHash };
  const { table } = backfill;
  table.mark(dayOf(asOf), 'running', 'snapshot');
  try {
    const taken = await takeSnapshot(backfill, week);
    if (taken.status === 'completed') return { snapshotHash: taken.snapshotHash };
    table.mark(dayOf(asOf), 'rejected', taken.reasons[0]);
    return ended(week, { status: 'rejected', findings: taken.reasons, snapshotHash: taken.snapshotHash });
  } catch (failure) {
    return failed(backfill, week, failure);
  }
}

const takeSnapshot = ({ plan, request }: Backfill, { workflowId, asOf }: PlannedWeek) =>
  executeChild(dataPipeline, {
    workflowId: workflowIds.dataPipelineOf(workflowId),
    args: [{ source: plan.source, asOf, cache: request.cache, online: false }],
    staticSummary: summaryOf(`Snapshot of ${plan.source} as of ${asOf}`, plan.line),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });

async function retrainWeek(backfill: Backfill, week: PlannedWeek, rows: WeekRows): Promise<BackfilledWeek> {
  if ('status' in rows) return rows;
  const { plan, request, table } = backfill;
  const { models, parallel, seed, cache } = request;
  const { snapshotHash } = rows;
  table.mark(dayOf(week.asOf), 'running', 'training');
  try {
    const result = await executeChild(masterTraining, {
      workflowId: week.workflowId,
      args: [{ source: plan.source, snapshotHash, models, parallel, seed, cache }],
      staticSummary: summaryOf(`Retraining of ${plan.source} as of ${week.asOf}`, plan.line),
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
    const findings = findingsOf(result);
    table.mark(dayOf(week.asOf), result.status === 'completed' ? 'done' : 'failed', findings.join(', '));
    return ended(week, { status: result.status, snapshotHash, findings });
  } catch (failure) {
    return failed(backfill, week, failure);
  }
}

const findingsOf = ({ models, reasons }: MasterTrainingResult): string[] =>
  models.length === 0
    ? reasons
    : models.map((outcome) =>
        outcome.status === 'failed'
          ? `${outcome.modelName}: ${outcome.errorCode}`
          : `${outcome.result.modelName}: ${[outcome.result.decision, outcome.result.version].join(' ').trim()}`,
      );

/** One week that fails does not stop the others; a cancellation of the whole does. */
function failed({ table }: Backfill, week: PlannedWeek, failure: unknown): BackfilledWeek {
  if (CancellationScope.current().consideredCancelled) throw failure;
  const { code, message } = faultOf(failure);
  table.mark(dayOf(week.asOf), 'failed', `${code}: ${message}`);
  return ended(week, { status: 'failed', findings: [`${code}: ${message}`] });
}

const ended = (
  { workflowId, asOf }: PlannedWeek,
  end: Pick<BackfilledWeek, 'status' | 'findings'> & { readonly snapshotHash?: string },
): BackfilledWeek => ({ workflowId, asOf, snapshotHash: null, ...end });
