import { resolve } from 'node:path';
import type { ColumnFinding, DriftFinding, DriftLimits, DriftMode, DriftWindow } from '../../contracts/drift.js';
import { isSynthetic, sourceOfLine, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { workflowIds } from '../../contracts/workflows.js';
import { findModel, findMonitored } from '../../models/catalogue.js';
import { decideOn } from '../../monitoring/drift/decide.js';
import { type DriftRecord, listDecisions } from '../../monitoring/drift/drift-log.js';
import { renderDriftPage, verdictOf } from '../../monitoring/drift/drift-page.js';
import { limitsOf, windowUntil } from '../../monitoring/drift/limits.js';
import { windowText } from '../../monitoring/drift/window-text.js';
import { writeDurably } from '../../platform/durable-file.js';
import { formatMinute } from '../../registry/format-minute.js';
import { versionNotFound } from '../../registry/choose-version.js';
import { listSchedules } from '../../workers/schedule-states.js';
import type { CliContext, Connection } from '../program/context.js';
import { chooseLine } from '../program/choose-line.js';
import { runJob } from '../program/run-job.js';

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

interface Shown {
  readonly modelName: string;
  readonly line: string;
  readonly finding: DriftFinding;
  readonly reasons: readonly string[];
  readonly last: DriftRecord | null;
  readonly nextCheck: Date | null;
}

const head = ['rank', 'column', 'method', 'statistic', 'p', 'adjusted p', 'effect', 'threshold', 'verdict'];
const RIGHT = ['rank', 'statistic', 'p', 'adjusted p', 'threshold'];

const figure = (value: number | null): string => (value === null ? '–' : value.toPrecision(3));

const rowOf = (found: ColumnFinding): readonly string[] => [
  String(found.rank),
  found.column,
  found.method,
  figure(found.decided ? found.statistic : null),
  figure(found.pValue),
  figure(found.adjustedPValue),
  found.effect === null ? '–' : `${found.effect.name} ${found.effect.value.toPrecision(3)}`,
  figure(found.decided ? found.threshold : null),
  verdictOf(found),
];

function printFinding({ out }: CliContext, shown: Shown): void {
  const { modelName, line, finding, reasons } = shown;
  const { version, window, answers, compared, referenceRows, columns, undecided, performance, faults } = finding;
  out.line(`${out.paint.bold(modelName)} ${version} (line ${line}), ${windowText(window)}, mode ${finding.mode}`);
  if (isSynthetic(line)) out.line(out.paint.yellow(SYNTHETIC_REMARK));
  const sampled = compared < answers ? `a sample of ${compared} of ` : '';
  if (answers > 0) out.line(`${sampled}${answers} answers, compared with ${referenceRows} held-out rows`);
  if (columns.length > 0)
    out.table({ head, rows: columns.toSorted((a, b) => a.rank - b.rank).map(rowOf), right: RIGHT });
  for (const { column, note } of columns) if (note !== null) out.line(`${column}: ${note}`);
  if (performance !== null) for (const text of performanceLines(performance)) out.line(text);
  for (const { kind, column, finding: found } of faults) out.line(`fault of the source (${kind}): ${column}: ${found}`);
  for (const text of verdictLines(undecided, reasons)) out.line(text);
  printDecision(out, shown);
}

function verdictLines(undecided: string | null, reasons: readonly string[]): string[] {
  if (undecided !== null) return [`nothing can be said: ${undecided}`];
  return reasons.length === 0 ? ['within the limits'] : reasons.map((reason) => `over the limit: ${reason}`);
}

function performanceLines(found: NonNullable<DriftFinding['performance']>): string[] {
  const { method, metric, estimated, low, high, reference, assumptions } = found;
  if (estimated === null) return [`performance without labels (${method}): ${assumptions.join('; ')}`];
  const band = low === null || high === null ? '' : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
  const before = reference === null ? '' : `, on the held-out rows ${reference.toFixed(3)}`;
  return [`${metric} estimated without labels (${method}): ${estimated.toFixed(3)}${band}${before}`, ...assumptions];
}

function printDecision(out: CliContext['out'], { modelName, last, nextCheck }: Shown): void {
  out.line(last === null ? 'last check: none' : `last check: ${decisionLine(last)}`);
  if (nextCheck === null) out.line('next check: none is scheduled; ml schedule apply');
  else out.line(`next check: ${formatMinute(nextCheck)} UTC (${workflowIds.driftScheduleOf(modelName)})`);
}

/** `none` reads as such; a retraining names its run. */
function decisionLine({ window, decision, reasons, retrainingId }: DriftRecord): string {
  const run = retrainingId === null ? '' : `; ml runs show ${retrainingId}`;
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `${windowText(window)}, ${decision === 'none' ? 'no drift over the limit' : decision}${why}${run}`;
}

async function writePage({ last, nextCheck, ...page }: Shown, path: string): Promise<string> {
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
