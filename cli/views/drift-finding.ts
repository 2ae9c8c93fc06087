import type { ColumnFinding, DriftFinding } from '../../contracts/drift.js';
import { isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { workflowIds } from '../../contracts/workflows.js';
import type { DriftRecord } from '../../monitoring/drift/drift-log.js';
import { verdictOf } from '../../monitoring/drift/drift-page.js';
import { windowText } from '../../monitoring/drift/window-text.js';
import { formatMinute } from '../../registry/format-minute.js';
import type { CliContext } from '../program/context.js';

/** A finding and what is known of the checks of its model. */
export interface ShownDrift {
  readonly modelName: string;
  readonly line: string;
  readonly finding: DriftFinding;
  readonly reasons: readonly string[];
  readonly last: DriftRecord | null;
  readonly nextCheck: Date | null;
}

const head = ['rank', 'column', 'method', 'statistic', 'p', 'adjusted p', 'effect', 'threshold', 'verdict'];
const RIGHT = ['rank', 'statistic', 'p', 'adjusted p', 'threshold'];

const grouped = (count: number): string => count.toLocaleString('en-US');

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

/** Prints a finding column by column, then what it comes to, and the last and next check. */
export function printFinding({ out }: Pick<CliContext, 'out'>, shown: ShownDrift): void {
  const { modelName, line, finding, reasons } = shown;
  const { version, window, answers, compared, referenceRows, columns, undecided, performance, faults } = finding;
  out.line(`${out.paint.bold(modelName)} ${version} (line ${line}), ${windowText(window)}, mode ${finding.mode}`);
  if (isSynthetic(line)) out.line(out.paint.yellow(SYNTHETIC_REMARK));
  const sampled = compared < answers ? `a sample of ${grouped(compared)} of ` : '';
  const against = `compared with ${grouped(referenceRows)} held-out rows`;
  if (answers > 0) out.line(`${sampled}${grouped(answers)} ${answers === 1 ? 'answer' : 'answers'}, ${against}`);
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

function printDecision(out: CliContext['out'], { modelName, last, nextCheck }: ShownDrift): void {
  out.line(last === null ? 'last check: none' : `last check: ${decisionLine(last)}`);
  if (nextCheck === null) out.line('next check: none is scheduled; ml schedule apply');
  else out.line(`next check: ${formatMinute(nextCheck)} UTC (${workflowIds.driftScheduleOf(modelName)})`);
}

/** `none` reads as such; a retraining names its run. */
export function decisionLine({ window, decision, reasons, retrainingId }: DriftRecord): string {
  const run = retrainingId === null ? '' : `; ml runs show ${retrainingId}`;
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `${windowText(window)}, ${decision === 'none' ? 'no drift over the limit' : decision}${why}${run}`;
}
