import { resolve } from 'node:path';
import type { DriftFinding, DriftLimits, DriftMode, DriftWindow } from '../../contracts/drift.js';
import { sourceOfLine } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { workflowIds } from '../../contracts/workflows.js';
import { findModel, findMonitored } from '../../models/catalogue.js';
import { decideOn } from '../../monitoring/drift/decide.js';
import { type DriftRecord, listDecisions } from '../../monitoring/drift/drift-log.js';
import { renderDriftPage } from '../../monitoring/drift/drift-page.js';
import { limitsOf, windowUntil } from '../../monitoring/drift/limits.js';
import { windowText } from '../../monitoring/drift/window-text.js';
import { writeDurably } from '../../platform/durable-file.js';
import { formatMinute } from '../../registry/format-minute.js';
import { versionNotFound } from '../../registry/choose-version.js';
import { listSchedules } from '../../workers/schedule-states.js';
import type { CliContext, Connection } from '../program/context.js';
import { chooseLine } from '../program/choose-line.js';
import { runJob } from '../program/run-job.js';
import { decisionLine, printFinding, type ShownDrift } from './drift-finding.js';

export interface DriftCommandOptions {
  readonly line?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly window?: number;
  readonly mode?: DriftMode;
  readonly html?: string;
  readonly history?: true;
  readonly failOnDrift?: true;
}

/** Prints how the answers of a window differ from the held-out rows. @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`. */
export async function showDrift(cli: CliContext, modelName: string, options: DriftCommandOptions): Promise<void> {
  const model = await findMonitored(modelName);
  const settings = limitsOf(model, cli.config.drift);
  const limits = { ...settings, ...(options.mode !== undefined && { mode: options.mode }) };
  const connection = await cli.connect();
  const line = await chooseLine(cli, connection, options.line);
  const version = await championOf(connection, modelName, line);
  const finding = await compare(cli, version, { window: windowOf(options, limits), limits });
  if (finding === null) return; // Ctrl-C
  const [last = null] = await listDecisions(connection.services.pool, { modelName, line, limit: 1 });
  const circumstances = { modelName, line, limits, queuePrefix: '', now: Date.now(), lastRetraining: null };
  const wouldDecide = decideOn(finding, { ...circumstances, source: sourceOfLine(line) });
  const nextCheck = await nextCheckOf(connection, modelName);
  const shown = { modelName, line, finding, reasons: wouldDecide.reasons, last, nextCheck };
  const path = options.html === undefined ? null : await writePage(shown, resolve(options.html));
  const overLimit = wouldDecide.decision !== 'none' && wouldDecide.decision !== 'undecided';
  if (options.failOnDrift === true && overLimit) cli.exitWith(1);
  const { reasons } = wouldDecide;
  const lastDecision = last === null ? null : decisionDocument(last);
  const document = { modelName, line, ...finding, window: datesOf(finding.window), overLimit, reasons };
  cli.out.result({ ...document, lastDecision, nextCheck, path }, () => {
    printFinding(cli, shown);
    if (path !== null) cli.out.line(path);
  });
}

const datesOf = ({ from, to }: DriftWindow) => ({ from: new Date(from), to: new Date(to) });

/** A decision with moments as dates, and of the finding the share that it rests on. */
const decisionDocument = ({ finding, window, startedAt, ...decision }: DriftRecord) => ({
  ...decision,
  window: datesOf(window),
  startedAt: startedAt === null ? null : new Date(startedAt),
  driftedShare: finding.driftedShare,
});

/** @throws PipelineError `VERSION_NOT_FOUND`. */
async function championOf({ services }: Connection, modelName: string, line: string): Promise<VersionRecord> {
  const champion = await services.registry.findChampion(modelName, line);
  if (champion !== null) return champion;
  throw versionNotFound({ modelName, line }, 'version whose answers could be compared; train and promote one first');
}

function windowOf({ since, window }: DriftCommandOptions, { windowDays }: DriftLimits): DriftWindow {
  if (since === undefined) return windowUntil(Date.now(), window ?? windowDays);
  const from = Date.parse(since);
  const until = window === undefined ? Date.now() : Math.min(Date.now(), windowUntil(0, -window).from + from);
  return { from, to: Math.max(until, from + 1) };
}

function compare(
  cli: CliContext,
  { modelName, line, version, artefactHash, evaluationHash }: VersionRecord,
  { window, limits }: { readonly window: DriftWindow; readonly limits: DriftLimits },
): Promise<DriftFinding | null> {
  const { mode, mostRows } = limits;
  return runJob(cli, 'compareDrift', {
    modelName,
    line,
    version,
    artefactHash,
    evaluationHash,
    window,
    mode,
    mostRows,
  });
}

/** When the model's schedule fires next; null: there is none, or it is paused. */
async function nextCheckOf({ temporal }: Connection, modelName: string): Promise<Date | null> {
  const id = workflowIds.driftScheduleOf(modelName);
  const found = (await listSchedules(await temporal())).find(({ scheduleId }) => scheduleId === id);
  return found?.nextRuns[0] ?? null;
}

async function writePage({ last, nextCheck, ...page }: ShownDrift, path: string): Promise<string> {
  const decision = last === null ? 'no check has decided yet' : `last check: ${decisionLine(last)}`;
  const next = nextCheck === null ? null : `${formatMinute(nextCheck)} UTC`;
  writeDurably(path, await renderDriftPage({ ...page, decision, nextCheck: next }));
  return path;
}

const HISTORY_LIMIT = 50;

/** Prints what the checks of a model have decided, newest first. @throws PipelineError `UNKNOWN_MODEL`. */
export async function showHistory(cli: CliContext, modelName: string, { line }: DriftCommandOptions): Promise<void> {
  await findModel(modelName);
  const { services } = await cli.connect();
  const found = await listDecisions(services.pool, { modelName, line: line ?? null, limit: HISTORY_LIMIT });
  cli.out.result({ modelName, decisions: found.map(decisionDocument) }, () => {
    if (found.length === 0) {
      cli.out.line(
        `no check of ${modelName} has decided yet; ml schedule trigger ${workflowIds.driftScheduleOf(modelName)}`,
      );
      return;
    }
    const rows = found.map(({ window, line: name, version, decision, reasons, retrainingId }) => [
      ...[windowText(window), name, version, decision, retrainingId ?? '–', reasons.join('; ')],
    ]);
    cli.out.table({ head: ['window', 'line', 'version', 'decision', 'retraining', 'reasons'], rows });
  });
}
