import type { DataQuality } from '../contracts/dataset.js';
import { dataQuality } from '../contracts/dataset.js';
import { evaluatedModel } from '../contracts/activities.js';
import type { RunRecord } from '../contracts/registry.js';
import type { WriteReportInput } from '../contracts/reports.js';
import type { StepRecord } from '../contracts/steps.js';
import { CLOCK_SKEW_MS, type StepUsage } from '../contracts/resource-usage.js';
import type { ModelOutcome } from '../contracts/workflows.js';
import { workflowIds } from '../contracts/workflows.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { loadSnapshot } from '../datasets/snapshots/snapshot-store.js';
import { gateName, gatesOfLine } from '../registry/gates.js';
import type {
  FormerRetraining,
  ModelFacts,
  ReportFacts,
  ReusedStep,
  SnapshotFacts,
} from '../registry/retraining-report/report-facts.js';
import type { ReportActivityDeps } from './dependencies.js';

/** What is recorded of a retraining that ends now. */
export async function reportFacts(deps: ReportActivityDeps, input: WriteReportInput): Promise<ReportFacts> {
  const { workflowId, source, line, status, reasons, notes } = input;
  const startedAt = new Date(input.startedAt);
  const since = new Date(input.startedAt - CLOCK_SKEW_MS);
  const runs = (await deps.registry.listRuns({ workflowId })).filter((run) => run.startedAt >= since);
  const steps = await deps.steps.listStepsOf(workflowId, since);
  const former = await deps.reports.findFormer({ workflowId, line, before: startedAt });
  return {
    ...{ workflowId, source, line, status, reasons, notes, startedAt, endedAt: new Date() },
    snapshot: await snapshotFacts(deps, input.snapshotHash ?? snapshotOf(runs)),
    models: await Promise.all(input.models.map((name) => modelFacts(deps, { name, input, runs, steps }))),
    reusedData: reusedOf(steps.filter((step) => step.workflowId === workflowIds.dataPipelineOf(workflowId))),
    usage: await usageFacts(deps, input, since),
    price: deps.config.cpuPrice,
    former: former === null ? null : await formerRetraining(deps, former),
  };
}

/**
 * Usage of the retraining; the snapshot of a backfill's week was taken before, by a workflow below the week's id. That of
 * an earlier workflow of the same id is none of it.
 */
async function usageFacts(
  deps: ReportActivityDeps,
  { workflowId, snapshotHash }: WriteReportInput,
  since: Date,
): Promise<StepUsage[]> {
  const validated = snapshotHash === null ? null : await validationOf(deps, snapshotHash);
  const pipeline = workflowIds.dataPipelineOf(workflowId);
  const isPipeline = ({ workflowId: id, runId }: StepUsage) => id === pipeline && runId === validated?.runKey;
  const usage = await deps.usage.listUsage(workflowId, new Date(0));
  return usage.filter((step) => isPipeline(step) || step.startedAt >= since);
}

/** The snapshot that all runs share; null when they have several, or none. */
function snapshotOf(runs: readonly RunRecord[]): string | null {
  const hashes = new Set(
    runs.flatMap(({ dataset }) => (dataset?.origin.kind === 'snapshot' ? [dataset.origin.snapshotHash] : [])),
  );
  const [hash] = hashes;
  return hashes.size === 1 ? (hash ?? null) : null;
}

async function snapshotFacts(deps: ReportActivityDeps, hash: string | null): Promise<SnapshotFacts | null> {
  const manifest = hash === null ? null : await nullIfLost(loadSnapshot(deps.blobs, hash));
  if (hash === null || manifest === null) return null;
  const tables = manifest.tables.map(({ table, rows, eventTime }) => ({ table, rows, eventTime }));
  const validated = await validationOf(deps, hash);
  const quality = validated === null ? null : dataQuality.parse(validated.output);
  return { hash, asOf: manifest.asOf, tables, quality };
}

/** The step that validated a snapshot: as it was extracted, with the rows that were left out since. */
async function validationOf(deps: ReportActivityDeps, hash: string): Promise<StepRecord | null> {
  const manifest = await nullIfLost(loadSnapshot(deps.blobs, hash));
  return deps.steps.findByInput('validateSnapshot', { snapshotHash: manifest?.quarantine?.from ?? hash });
}

async function formerRetraining(deps: ReportActivityDeps, workflowId: string): Promise<FormerRetraining | null> {
  const runs = await deps.registry.listRuns({ workflowId });
  // An id may have been used twice: the newest run of each model.
  const newest = [...new Map(runs.toReversed().map((run) => [run.modelName, run])).values()];
  const starts = newest.map(({ startedAt }) => startedAt.getTime());
  if (starts.length === 0) return null;
  const snapshot = await snapshotFacts(deps, snapshotOf(newest));
  return { workflowId, startedAt: new Date(Math.min(...starts)), snapshot, runs: newest };
}

interface ModelOfRetraining {
  readonly name: string;
  readonly input: WriteReportInput;
  readonly runs: readonly RunRecord[];
  readonly steps: readonly StepRecord[];
}

async function modelFacts(
  deps: ReportActivityDeps,
  { name: modelName, input, runs, steps }: ModelOfRetraining,
): Promise<ModelFacts> {
  const run = runs.find((one) => one.modelName === modelName) ?? null;
  const own = run === null ? [] : steps.filter(({ runKey }) => runKey === run.runKey);
  const outcome = input.outcomes.find((one) => nameOf(one) === modelName);
  const promotion = outcome?.status === 'decided' ? outcome.promotion : null;
  return {
    modelName,
    run,
    failure: outcome?.status === 'failed' ? { code: outcome.errorCode, message: outcome.message } : null,
    target: await targetOf(deps, modelName, run?.line ?? input.line),
    championVersion: championOf(own),
    promotion: promotion === null ? null : { stage: promotion.stage, awaitingApproval: promotion.awaitingApproval },
    quality: qualityOf(own),
    reused: reusedOf(own),
  };
}

const nameOf = (outcome: ModelOutcome): string =>
  outcome.status === 'decided' ? outcome.result.modelName : outcome.modelName;

async function targetOf({ models }: ReportActivityDeps, name: string, line: string): Promise<ModelFacts['target']> {
  const { gates, primaryMetric } = await models.find(name);
  for (const gate of gatesOfLine(gates, line)) {
    if (gate.kind !== 'absolute' || gate.metric !== primaryMetric) continue;
    const bound = gate.atLeast ?? gate.atMost;
    return bound === undefined ? null : { text: gateName(gate), bound };
  }
  return null;
}

const outputOf = (steps: readonly StepRecord[], name: StepRecord['step']): object | undefined =>
  steps.find(({ step }) => step === name)?.output;

function championOf(steps: readonly StepRecord[]): string | null {
  const found = evaluatedModel.pick({ championVersion: true }).safeParse(championIn(outputOf(steps, 'evaluateModel')));
  return found.success ? found.data.championVersion : null;
}

const championIn = (output: object | undefined): object =>
  output !== undefined && 'championVersion' in output ? { championVersion: output.championVersion } : {};

function qualityOf(steps: readonly StepRecord[]): DataQuality | null {
  const found = dataQuality.safeParse(outputOf(steps, 'validateDataset'));
  return found.success ? found.data : null;
}

const isReused = ({ runKey, computedBy }: StepRecord): boolean => computedBy.runKey !== runKey;

/** Steps that earlier runs have computed; the parts of a sharded step are one. */
function reusedOf(steps: readonly StepRecord[]): ReusedStep[] {
  const names = new Set(steps.filter(isReused).map(({ step }) => step));
  return [...names].map((step) => {
    const taken = steps.filter((one) => one.step === step && isReused(one));
    return { step, from: [...new Set(taken.map(({ computedBy }) => computedBy.workflowId))] };
  });
}
