import './zod-without-eval.js';
import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import {
  type FinishedMaterialisation,
  type FoundChanges,
  type MaterialisationPlan,
  materializeFeaturesInput,
  type MaterializeFeaturesInput,
  type MaterializeFeaturesResult,
  MOMENTS_A_STEP,
} from '../contracts/materialisation.js';
import { type DataPipelineResult, workflowIds } from '../contracts/workflows.js';
import { eachBucket } from './bucket-steps.js';
import { dataPipeline } from './data-pipeline.js';
import { parseInput } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import { type ProgressTable, setSearchAttributes, showProgress, summaryOf } from './visibility.js';

const steps = ['snapshot', 'changes', 'features'] as const;

interface Materialisation {
  readonly request: ReturnType<typeof materializeFeaturesInput.parse>;
  readonly plan: MaterialisationPlan;
  readonly table: ProgressTable;
}

/**
 * Computes the features of the entities whose rows changed since they were computed last, bucket by bucket, and writes
 * them to both stores; the features of past days to the offline store. A bucket whose worker is lost is made again
 * alone. Bad data end it `rejected`, as in the data pipeline.
 */
export async function materializeFeatures(input: MaterializeFeaturesInput = {}): Promise<MaterializeFeaturesResult> {
  const request = parseInput(materializeFeaturesInput, input);
  const table = showProgress(steps);
  const { source, snapshotHash: given, views, asOf } = request;
  const plan = await bookkeeping('Resolve source and views').planMaterialisation({
    ...{ source, snapshotHash: given, views, asOf },
  });
  table.onLine(plan.line);
  const materialisation = { request, plan, table };
  const taken = await snapshotOf(materialisation);
  if (typeof taken !== 'string') return rejected(materialisation, taken);
  const changes = await findChanges(materialisation, taken);
  const finished = await compute(materialisation, taken, changes);
  table.enter('done');
  return resultOf(plan, { snapshotHash: taken, changes, finished });
}

type Rejected = Extract<DataPipelineResult, { status: 'rejected' }>;

/** The snapshot that is named, else a new one; what was wrong with its rows when they were rejected. */
async function snapshotOf({ plan, table }: Materialisation): Promise<string | Rejected> {
  table.enter('snapshot', { Source: plan.source });
  if (plan.snapshotHash !== null) {
    table.mark('snapshot', 'skipped', plan.snapshotHash.slice(0, 12));
    return plan.snapshotHash;
  }
  table.mark('snapshot', 'running');
  const taken = await executeChild(dataPipeline, {
    workflowId: workflowIds.dataPipelineOf(workflowInfo().workflowId),
    args: [{ source: plan.source, online: false }],
    staticSummary: summaryOf(`Snapshot of ${plan.source}`, plan.line),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });
  if (taken.status === 'rejected') return taken;
  table.mark('snapshot', 'done', taken.snapshotHash.slice(0, 12));
  return taken.snapshotHash;
}

function rejected({ table }: Materialisation, taken: Rejected): MaterializeFeaturesResult {
  table.mark('snapshot', 'rejected', taken.reasons[0]);
  for (const step of ['changes', 'features']) table.mark(step, 'skipped');
  setSearchAttributes({ Decision: 'rejected' });
  const { source, snapshotHash, reasons } = taken;
  return { status: 'rejected', source, snapshotHash, reasons };
}

async function findChanges({ request, plan, table }: Materialisation, snapshotHash: string): Promise<FoundChanges> {
  table.enter('changes');
  table.mark('changes', 'running');
  const { since, whole } = request;
  const { views, moments } = plan;
  const wanted = { snapshotHash, views, since, whole, past: moments !== null };
  const changes = await bookkeeping('Compare with what is stored').findChanges(wanted);
  const counted = `${changes.buckets.length} of ${changes.buckets.length + changes.unchangedBuckets} buckets changed`;
  table.mark('changes', 'done', [counted, ...changes.notes].join('; '));
  return changes;
}

/** The moments of a range some at a time; the present at once. */
function* partsOf(moments: readonly number[] | null): Generator<number[] | null> {
  if (moments === null) yield null;
  else
    for (let start = 0; start < moments.length; start += MOMENTS_A_STEP)
      yield moments.slice(start, start + MOMENTS_A_STEP);
}

async function compute(
  { plan, table }: Materialisation,
  snapshotHash: string,
  { views, buckets: changed }: FoundChanges,
): Promise<FinishedMaterialisation> {
  table.enter('features');
  const finished: FinishedMaterialisation = { store: null, sets: [] };
  for (const moments of partsOf(plan.moments)) {
    const remark = (text: string): void => table.mark('features', 'running', text);
    const buckets = await eachBucket(changed, remark, (bucket, summary) =>
      dataStep(`Compute and write features, ${summary}`, plan.heartbeatTimeoutMs).materializeBucket({
        ...{ snapshotHash, bucket, views, moments },
      }),
    );
    const step = dataStep('Put buckets together', plan.heartbeatTimeoutMs);
    const part = await step.finishMaterialisation({ snapshotHash, views, moments, buckets });
    finished.store = part.store;
    finished.sets.push(...part.sets);
  }
  const entities = computedOf(finished).reduce((sum, { computed }) => sum + computed, 0);
  table.mark('features', 'done', `${entities} values of ${changed.length} buckets`);
  return finished;
}

const computedOf = ({ sets }: FinishedMaterialisation) =>
  sets.flatMap(({ asOf, views }) =>
    views.map(({ name, version, entities: computed }) => ({ name, version, asOf, computed })),
  );

function resultOf(
  { source, line }: MaterialisationPlan,
  {
    snapshotHash,
    changes,
    finished,
  }: {
    readonly snapshotHash: string;
    readonly changes: FoundChanges;
    readonly finished: FinishedMaterialisation;
  },
): MaterializeFeaturesResult {
  const views = computedOf(finished);
  return {
    status: views.some(({ computed }) => computed > 0) ? 'completed' : 'unchanged',
    ...{ source, line, snapshotHash, views, notes: changes.notes },
    ...{ buckets: changes.buckets.length, unchangedBuckets: changes.unchangedBuckets },
    onlineStore: finished.store,
  };
}
