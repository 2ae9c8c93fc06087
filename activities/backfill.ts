import { Context } from '@temporalio/activity';
import type { BackfillActivities, PlannedWeek } from '../contracts/backfill.js';
import { MOST_BACKFILLED, planBackfillInput } from '../contracts/backfill.js';
import { PipelineError } from '../contracts/errors.js';
import { decisions, lineOfSource } from '../contracts/ids.js';
import { dataPipelineResult, workflowIds } from '../contracts/workflows.js';
import { scheduledMoments } from '../platform/config/cron-times.js';
import { describeRun } from '../platform/temporal/describe-run.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { resolveSource } from './resolve-line.js';

/** What a week must have decided about to count as done. */
interface Wanted {
  readonly source: string;
  readonly models: readonly string[];
}

export const createBackfillActivities = (deps: TrainingActivityDeps): BackfillActivities => ({
  async planBackfill(input) {
    const { from, to, source: named, models: given } = parse(planBackfillInput, input);
    for (const name of given) await deps.models.find(name);
    const source = await resolveSource(deps, { source: named, snapshotHash: null });
    const models = given.length > 0 ? given : (await deps.models.list()).map(({ name }) => name);
    const weeks: PlannedWeek[] = [];
    for (const moment of momentsOf(deps, { from, to })) weeks.push(await weekOf(deps, { source, models }, moment));
    return { source, line: lineOfSource(source), weeks };
  },
});

/** @throws PipelineError `INVALID_INPUT` naming the schedule. */
function momentsOf({ config }: TrainingActivityDeps, span: { readonly from: string; readonly to: string }): number[] {
  const { weekly: cron, timezone } = config.schedule;
  const ends = { from: Date.parse(span.from), to: Math.min(Date.parse(span.to), Date.now()) };
  const moments = scheduledMoments({ cron, timezone }, ends);
  if (moments.length > 0 && moments.length <= MOST_BACKFILLED) return moments;
  const found = moments.length === 0 ? 'no' : String(moments.length);
  const wanted = `wanted 1 to ${MOST_BACKFILLED} between ${span.from} and ${span.to}, before now`;
  const message = `SCHEDULE_WEEKLY "${cron}" (${timezone}) has ${found} moments there; ${wanted}`;
  throw new PipelineError('INVALID_INPUT', message, { found: moments.length, ...span });
}

async function weekOf(deps: TrainingActivityDeps, wanted: Wanted, moment: number): Promise<PlannedWeek> {
  const asOf = new Date(moment).toISOString();
  const workflowId = workflowIds.backfillOf(wanted.source, asOf);
  const candidates = [workflowId, `${workflowIds.weeklySchedule}-${asOf.slice(0, 19)}Z`];
  for (const id of candidates)
    if (await isDecided(deps, id, wanted)) return { workflowId, asOf, doneBy: id, snapshotHash: null };
  return { workflowId, asOf, ...(await snapshotOf(workflowId)) };
}

/** True when every wanted model has a decision in a run below this workflow, on the line of the source. */
async function isDecided({ registry }: TrainingActivityDeps, id: string, { source, models }: Wanted): Promise<boolean> {
  const runs = (await registry.listRuns({ workflowId: id })).filter(({ line }) => line === lineOfSource(source));
  const decided = new Set(runs.filter(({ status }) => isDecision(status)).map(({ modelName }) => modelName));
  return models.every((name) => decided.has(name));
}

const isDecision = (status: string): boolean => (decisions as readonly string[]).includes(status);

/** The snapshot that an earlier backfill took; a rejected one ends the week. */
async function snapshotOf(workflowId: string): Promise<Pick<PlannedWeek, 'doneBy' | 'snapshotHash'>> {
  const { client } = Context.current();
  const id = workflowIds.dataPipelineOf(workflowId);
  if ((await describeRun(client, id))?.status.name !== 'COMPLETED') return { doneBy: null, snapshotHash: null };
  const { status, snapshotHash } = dataPipelineResult.parse(await client.workflow.getHandle(id).result());
  return status === 'rejected' ? { doneBy: id, snapshotHash: null } : { doneBy: null, snapshotHash };
}
