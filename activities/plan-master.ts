import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { MasterPlan, planMasterInput } from '../contracts/activities.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import { lineOfSource } from '../contracts/ids.js';
import type { RunRecord } from '../contracts/registry.js';
import { requireLatestSnapshot } from '../datasets/snapshots/snapshot-log.js';
import { sourceOfRun } from '../training/resume.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { endedRuns } from './ended-runs.js';
import { reportsOf } from './reports-of.js';
import { resolveSource } from './resolve-line.js';

type PlanInput = z.output<typeof planMasterInput>;

/** Names models, source and snapshot of a retraining, and the run that each model repeats. */
export async function planMaster(deps: TrainingActivityDeps, input: PlanInput): Promise<MasterPlan> {
  const { models, from, rerunOf, snapshotHash } = input;
  for (const name of models) await deps.models.find(name);
  if (snapshotHash !== null && from !== 'data' && from !== 'dataset')
    throw new PipelineError('INVALID_INPUT', `a snapshot belongs to a stage before ${from}, at which the run starts`);
  const former = rerunOf === null ? null : await runsOfRetraining(deps, rerunOf, from);
  const [first] = former ?? [];
  const source = await resolveSource(deps, {
    source: input.source ?? (first === undefined ? null : sourceOfRun(first)),
    snapshotHash,
  });
  return {
    models: await modelsOf(deps, models, former),
    source,
    line: lineOfSource(source),
    productionApproval: deps.config.productionApproval,
    ...reportsOf(deps.config),
    snapshotHash: snapshotHash ?? (await snapshotOf(deps, { from, source, former })),
    ...(former === null ? {} : { reruns: Object.fromEntries(former.map((run) => [run.modelName, run.workflowId])) }),
  };
}

/** The wanted models, else those of the retraining that is repeated, else all. */
async function modelsOf(
  { models }: TrainingActivityDeps,
  wanted: readonly string[],
  former: readonly RunRecord[] | null,
): Promise<string[]> {
  if (wanted.length > 0) return [...wanted];
  if (former !== null && former.length > 0) return former.map(({ modelName }) => modelName).sort();
  return (await models.list()).map(({ name }) => name);
}

/**
 * The newest run of each model of a retraining; [] when its data were rejected before any model ran.
 * @throws PipelineError as {@link endedRuns}; `STAGE_NOT_REACHED` without any run.
 */
async function runsOfRetraining({ registry }: TrainingActivityDeps, id: string, from: PlanInput['from']) {
  const runs = await endedRuns({ registry, client: Context.current().client }, id);
  if (runs.length === 0 && from !== 'data') throw pipelineError('STAGE_NOT_REACHED', { id, from, reached: 'data' });
  return [...new Map(runs.toReversed().map((run) => [run.modelName, run])).values()];
}

/** On which all models train: that of the former run, else the newest of the source; null where none is needed yet. */
async function snapshotOf(
  { snapshotLog }: TrainingActivityDeps,
  at: { readonly from: PlanInput['from']; readonly source: string; readonly former: readonly RunRecord[] | null },
): Promise<string | null> {
  const { from, source, former } = at;
  if (from === 'data') return null;
  const origin = former?.map(({ dataset }) => dataset?.origin).find((one) => one?.kind === 'snapshot');
  if (origin?.kind === 'snapshot') return origin.snapshotHash;
  return from === 'dataset' && former === null ? (await requireLatestSnapshot(snapshotLog, source)).hash : null;
}
