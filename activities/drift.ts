import type {
  DecideDriftInput,
  DriftActivities,
  DriftCheckPlan,
  DriftDecision,
  NewRowsFinding,
} from '../contracts/drift.js';
import { decideDriftInput, driftDecisionKey, newRowsInput, planDriftCheckInput } from '../contracts/drift.js';
import type { DatasetRef } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import { isBackendLine, sourceOfLine } from '../contracts/ids.js';
import type { VersionRecord } from '../contracts/registry.js';
import { lastMidnight, limitsOf, windowUntil } from '../monitoring/drift/limits.js';
import type { MonitoredModel } from '../models/catalogue.js';
import { createAlertBook } from '../monitoring/alerts/alerts.js';
import { alertText, decideOn } from '../monitoring/drift/decide.js';
import { findDecision, recordDecision, recordStart, type DriftRecord } from '../monitoring/drift/drift-log.js';
import { windowText } from '../monitoring/drift/window-text.js';
import type { DriftActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { runJob } from './run-job.js';

/** Planning a check for drift, deciding about a window, and recording what was started. Each may run twice. */
export const createDriftActivities = (deps: DriftActivityDeps): DriftActivities => ({
  planDriftCheck: (input) => planCheck(deps, parse(planDriftCheckInput, input)),
  decideDrift: (input) => decide(deps, parse(decideDriftInput, input)),
  checkNewRows: (input) => checkNewRows(deps, parse(newRowsInput, input)),
  recordDriftRetraining: (input) => recordStart(deps.pool, parse(driftDecisionKey, input)),
});

async function planCheck(
  deps: DriftActivityDeps,
  { modelName, line, windowEnd }: { readonly modelName: string; readonly line: string | null; readonly windowEnd: string | null }, // prettier-ignore
): Promise<DriftCheckPlan> {
  const model = await deps.findMonitored(modelName);
  const to = windowEnd === null ? lastMidnight(Date.now()) : Date.parse(windowEnd);
  if (to > Date.now())
    throw new PipelineError('INVALID_INPUT', `windowEnd ${windowEnd} is in the future; answers come until then`);
  const champions = await championsOf(deps, modelName, line);
  const sources = new Set((await deps.catalog.list()).map(({ name }) => name));
  const heartbeatTimeoutMs = deps.config.heartbeatTimeoutSeconds * 1000;
  const lines = champions.map((champion) => plannedLine(deps, { model, champion, to, sources }));
  return { modelName, heartbeatTimeoutMs, lines };
}

/** The champion of each line, or of the one that is asked for. */
async function championsOf(
  { registry }: DriftActivityDeps,
  modelName: string,
  line: string | null,
): Promise<VersionRecord[]> {
  const versions = await registry.listVersions({ modelName });
  const lines = line === null ? [...new Set(versions.map((version) => version.line))].sort() : [line];
  const champions = await Promise.all(lines.map((name) => registry.findChampion(modelName, name)));
  return champions.filter((champion) => champion !== null);
}

function plannedLine(
  { config }: DriftActivityDeps,
  found: {
    readonly model: MonitoredModel;
    readonly champion: VersionRecord;
    readonly to: number;
    readonly sources: ReadonlySet<string>;
  },
) {
  const { model, champion, to, sources } = found;
  const { line, version, artefactHash, evaluationHash } = champion;
  const limits = limitsOf(model, config.drift);
  const source = sourceOfLine(line);
  const isRead = isBackendLine(line) || sources.has(source);
  const window = windowUntil(to, limits.windowDays);
  return { line, source: isRead ? source : null, version, artefactHash, evaluationHash, window, limits };
}

async function decide(deps: DriftActivityDeps, input: DecideDriftInput): Promise<DriftDecision> {
  const { modelName, line, source, limits, window, ...version } = input;
  const known = await findDecision(deps.pool, { modelName, line, windowEnd: window.to });
  if (known !== null) return withoutFinding(known);
  const { mode, mostRows } = limits;
  const finding = await runJob(deps, 'compareDrift', { modelName, line, ...version, window, mode, mostRows });
  const { taskQueuePrefix: queuePrefix } = deps.config;
  const circumstances = { modelName, line, queuePrefix, limits, source, now: Date.now() };
  const subject = `${modelName}/${line}`;
  const recorded = await recordDecision(
    deps.pool,
    { modelName, line, finding },
    (lastRetraining) => decideOn(finding, { ...circumstances, lastRetraining }),
    {
      ...{ endpoints: deps.receivers, subject },
      messageOf: (decided) => alertText(decided, `${subject}, ${windowText(window)}`),
    },
  );
  return withoutFinding(recorded);
}

/** What travels through the workflow: the finding stays in the database. */
const withoutFinding = ({ modelName, line, version, window, ...decided }: DriftRecord): DriftDecision => ({
  ...{ modelName, line, version, window, decision: decided.decision, reasons: decided.reasons },
  ...{ retrainingId: decided.retrainingId, startedAt: decided.startedAt },
});

async function checkNewRows(
  deps: DriftActivityDeps,
  { modelName, dataset }: { readonly modelName: string; readonly dataset: DatasetRef },
): Promise<NewRowsFinding> {
  const former = (await deps.registry.findChampion(modelName, dataset.line))?.dataset;
  if (former?.origin.kind !== 'snapshot' || dataset.origin.kind !== 'snapshot' || former.hash === dataset.hash)
    return { notes: [], faults: [] };
  const { mostRows } = deps.config.drift;
  const found = await runJob(deps, 'compareNewRows', { dataset, former, mostRows });
  const faults = found.faults.map(({ column, finding }) => `${column}: ${finding}`);
  const alerts = createAlertBook(deps.pool, deps.receivers);
  const alert = { kind: 'source-fault', subject: `${modelName}/${dataset.line}/new-rows` } as const;
  if (faults.length === 0) await alerts.resolve(alert);
  else {
    const message = `rows since the champion's snapshot: ${faults.join('; ')}; not learned from: repair the source`;
    await alerts.raise({ ...alert, severity: 'warning', message: `${modelName}/${dataset.line}, ${message}` });
  }
  return { notes: found.notes, faults };
}
