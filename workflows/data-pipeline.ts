import './zod-without-eval.js';
import { patched, workflowInfo } from '@temporalio/workflow';
import type {
  ExtractedTable,
  ExtractTableInput,
  FeatureSetRef,
  Materialized,
  MaterializedStates,
  PipelinePlan,
  SnapshotRef,
} from '../contracts/activities.js';
import type { BackendTable } from '../contracts/backend.js';
import type { TablePolicy } from '../contracts/data-policy.js';
import type { DataQuality } from '../contracts/dataset.js';
import type { DataPipelineInput, DataPipelineResult } from '../contracts/workflows.js';
import { dataPipelineInput } from '../contracts/workflows.js';
import { featuresOf } from './bucket-steps.js';
import { mapBounded } from './bounded.js';
import { parseInput } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import { withOrigin } from './visibility.js';
import type { ProgressTable } from './visibility.js';
import { reportLink, setSearchAttributes, showProgress } from './visibility.js';
import { qualityFinding, qualityReasons } from './quality-reasons.js';

/** Tables read at the same time; few, because the source database serves its own users too. */
const TABLES_AT_ONCE = 3;
const steps = ['extract', 'snapshot', 'validate', 'features', 'online store', 'customer state'] as const;

interface Pipeline {
  readonly runKey: string;
  readonly plan: PipelinePlan;
  readonly cache: boolean;
  readonly table: ProgressTable;
}

/**
 * Extracts the source's tables to a snapshot, validates it, computes features and entity states and writes them
 * to both stores.
 * Bad data ends the run `rejected` at stage `validation` with a report: a result, not a failure.
 */
export async function dataPipeline(input: DataPipelineInput = {}): Promise<DataPipelineResult> {
  const { source, asOf, cache, online, policy, full } = parseInput(dataPipelineInput, input);
  const table = showProgress(steps);
  const runKey = workflowInfo().firstExecutionRunId;
  const moment = asOf === null ? null : Date.parse(asOf);
  const plan = await bookkeeping('Resolve source and moment').planPipeline({
    ...{ source, asOf: moment, policy },
    ...(full ? { full } : {}),
  });
  table.onLine(plan.line);
  const pipeline = { runKey, plan, cache, table };

  const extracted = await takeSnapshot(pipeline, await extract(pipeline));
  const quality = await validate(pipeline, extracted);
  if (!quality.passed) return rejected(pipeline, extracted, quality);
  const snapshot = acceptedOf(extracted, quality);
  if (!online) return withoutOnlineStore(pipeline, snapshot);
  const features = await buildFeatures(pipeline, snapshot);
  const written = await materialize(pipeline, features);
  if (patched('customer-state')) await materializeStates(pipeline, snapshot);
  table.enter('done');
  return completed(plan, snapshot, { ...written, featureSetHash: features.hash });
}

/** How the rows of a table are divided, and from which snapshot unchanged ones are taken over. */
type Division = Pick<ExtractTableInput, 'buckets' | 'parent'>;

async function extract(pipeline: Pipeline): Promise<ExtractedTable[]> {
  const { plan, table } = pipeline;
  const { source, tables, parent } = plan;
  table.enter('extraction', { Source: source });
  table.mark('extract', 'running', `0 of ${tables.length} tables of source ${source}`);
  const extracted: ExtractedTable[] = [];
  const readAll = (names: typeof tables, division: Division): Promise<unknown> =>
    mapBounded(names, TABLES_AT_ONCE, async (each) => {
      extracted.push(await extractOne(pipeline, each, division));
      table.mark('extract', 'running', `${extracted.length} of ${tables.length} tables of source ${source}`);
    });
  if (patched('bucketed-snapshots')) {
    // How many buckets there are follows from the transactions.
    const shared = parent === undefined ? {} : { parent };
    await readAll(tables.filter(isTransactions), { ...shared, buckets: 'by-rows' });
    const buckets = extracted[0]?.buckets ?? 1;
    await readAll(tables.filter((each) => !isTransactions(each)), { ...shared, buckets }); // prettier-ignore
  } else await readAll(tables, {});
  const rows = extracted.reduce((sum, part) => sum + part.rows, 0);
  table.mark('extract', 'done', `${rows} rows in ${extracted.length} tables of source ${source}`);
  return extracted;
}

const isTransactions = ({ name }: { readonly name: BackendTable }): boolean => name === 'transactions';

function extractOne(
  { runKey, plan }: Pipeline,
  { name, chunkRows }: PipelinePlan['tables'][number],
  division: Division,
): Promise<ExtractedTable> {
  const { source, asOf, heartbeatTimeoutMs } = plan;
  const step = dataStep(`Extract ${name}`, heartbeatTimeoutMs);
  return step.extractTable({ runKey, source, table: name, asOf, chunkRows, ...policyOf(plan, name), ...division });
}

/** What is done with the columns of one table; nothing without a policy, as in recorded runs. */
function policyOf({ policy }: PipelinePlan, table: BackendTable): { readonly policy?: TablePolicy } {
  const changes = policy?.tables[table];
  return changes === undefined ? {} : { policy: { changes, keyVersion: policy?.keyVersion ?? null } };
}

async function takeSnapshot({ runKey, plan, table }: Pipeline, tables: ExtractedTable[]): Promise<SnapshotRef> {
  const { source, asOf, codeVersion } = plan;
  table.enter('snapshot');
  table.mark('snapshot', 'running');
  const snapshot = await bookkeeping('Commit snapshot').commitSnapshot({
    ...{ runKey, source, asOf, codeVersion, tables },
    ...(plan.retrospective === undefined ? {} : { retrospective: plan.retrospective }),
    ...(plan.policy === undefined ? {} : { policy: plan.policy }),
  });
  table.mark('snapshot', 'done', [snapshot.hash.slice(0, 12), ...(snapshot.notes ?? [])].join('; '));
  return snapshot;
}

async function validate({ runKey, plan, cache, table }: Pipeline, { hash }: SnapshotRef): Promise<DataQuality> {
  table.enter('validation');
  table.mark('validate', 'running');
  const step = dataStep('Validate snapshot', plan.heartbeatTimeoutMs);
  const quality = await step.validateSnapshot({ runKey, snapshotHash: hash, cache });
  table.mark('validate', quality.passed ? 'done' : 'rejected', withOrigin(qualityFinding(quality), quality));
  table.link('data report', reportLink(plan, quality.pageHash ?? quality.reportHash));
  return quality;
}

/** The snapshot that later steps read: without the rows that validation put into quarantine. */
function acceptedOf(extracted: SnapshotRef, { accepted }: DataQuality): SnapshotRef {
  if (accepted === undefined) return extracted;
  const { hash, rows, quarantinedRows } = accepted;
  const note = `${quarantinedRows} rows are in quarantine and left out; \`ml data quarantine list\` shows them`;
  return { ...extracted, hash, rows, notes: [...(extracted.notes ?? []), note] };
}

function rejected({ plan, table }: Pipeline, snapshot: SnapshotRef, quality: DataQuality): DataPipelineResult {
  table.mark('features', 'skipped');
  table.mark('online store', 'skipped');
  table.mark('customer state', 'skipped');
  setSearchAttributes({ Decision: 'rejected' });
  return {
    status: 'rejected',
    stage: 'validation',
    source: plan.source,
    snapshotHash: snapshot.hash,
    reportHash: quality.reportHash,
    reasons: qualityReasons(quality),
  };
}

/** A snapshot of the past is trained on; answers need the present. */
function withoutOnlineStore({ plan, table }: Pipeline, snapshot: SnapshotRef): DataPipelineResult {
  for (const step of ['features', 'online store', 'customer state']) table.mark(step, 'skipped', 'not asked for');
  table.enter('done');
  return completed(plan, snapshot, { onlineStore: null, onlineEntities: 0, featureSetHash: null });
}

async function buildFeatures({ runKey, plan, cache, table }: Pipeline, { hash }: SnapshotRef): Promise<FeatureSetRef> {
  table.enter('features');
  table.mark('features', 'running');
  const { formerViews } = plan;
  const request = { runKey, snapshotHash: hash, cache, ...(formerViews && { formerViews }) };
  const features = await featuresOf(request, plan.heartbeatTimeoutMs, (remark) =>
    table.mark('features', 'running', remark),
  );
  const built = features.views.map(({ name, entities }) => `${name}: ${entities}`).join(', ');
  table.mark('features', 'done', withOrigin(built, features));
  return features;
}

interface OnlineFeatures {
  readonly onlineStore: Materialized['store'] | null;
  readonly onlineEntities: number;
}

async function materialize({ runKey, plan, table }: Pipeline, features: FeatureSetRef): Promise<OnlineFeatures> {
  table.enter('online store');
  table.mark('online store', 'running');
  const step = dataStep('Write online store', plan.heartbeatTimeoutMs);
  const written = await step.materializeOnline({ runKey, featureSetHash: features.hash });
  const onlineEntities = written.views.reduce((sum, view) => sum + view.entities, 0);
  table.mark('online store', 'done', `${onlineEntities} values in ${written.store}`);
  return { onlineStore: written.store, onlineEntities };
}

async function materializeStates({ runKey, plan, cache, table }: Pipeline, { hash }: SnapshotRef): Promise<void> {
  table.mark('customer state', 'running');
  const step = dataStep('Write customer state', plan.heartbeatTimeoutMs);
  const written = await step.materializeStates({ runKey, snapshotHash: hash, datasetHash: null, cache });
  table.mark(
    'customer state',
    written.sets.length === 0 ? 'skipped' : 'done',
    withOrigin(stateRemark(written), written),
  );
}

/** What was written, and which models were left out and why. */
export const stateRemark = ({ sets, skipped }: MaterializedStates): string =>
  [
    ...sets.map(({ view, entities }) => `${view}: ${entities}`),
    ...skipped.map(({ modelName, reason }) => `${modelName} skipped: ${reason}`),
  ].join(', ');

const completed = (
  { source, line }: PipelinePlan,
  { hash, rows, notes = [] }: SnapshotRef,
  written: OnlineFeatures & { readonly featureSetHash: string | null },
): DataPipelineResult => ({ status: 'completed', source, line, snapshotHash: hash, rows, notes, ...written });
