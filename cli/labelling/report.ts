import type { TakenLabels } from '../../labelling/taken-labels.js';
import type { CliContext } from '../program/context.js';

/** The result of a review and the next step. */
export interface ReviewReport {
  /** As the JSON document shows it. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly head: readonly string[];
  /** One message a row. */
  readonly rows: readonly (readonly string[])[];
  /** The file it was written to. */
  readonly output: string | undefined;
  /** What to edit in the file, such as `fill in the column intent`. */
  readonly edit: string;
  /** The command that takes the file back. */
  readonly takeBack: string;
}

/** Prints a review: a table and the next step. */
export function reportReview(
  { out }: CliContext,
  { document, head, rows, output, edit, takeBack }: ReviewReport,
): void {
  out.result(document, () => {
    out.table({ head, rows });
    const next = output === undefined ? 'write them with --output <file>' : `${edit} of ${output}`;
    out.line(`${rows.length} messages; ${next}, then \`${takeBack} <file>\``);
  });
}

/** The number of labels in the file and the words of the summary. */
export interface TakenReport {
  readonly source: string;
  readonly given: number;
  /** What happened to a message, such as `labelled`. */
  readonly done: string;
}

/** The counts above zero, each with its words. */
const counted = (...parts: readonly (readonly [number, string])[]): string =>
  parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `; ${count} ${words}`)
    .join('');

function printStatements({ out }: CliContext, sql: readonly string[]): void {
  out.result({ written: 0, sql }, () => {
    for (const statement of sql) out.line(statement);
  });
  out.notice('nothing was written: BACKEND_DATABASE_URL is only read. Run the statements where you may write.');
}

/** Prints how many labels were written, or the statements that would write them. */
export function reportTaken(cli: CliContext, taken: TakenLabels, report: TakenReport): void {
  if (taken.kind === 'statements') {
    printStatements(cli, taken.sql);
    return;
  }
  const { source, given, done } = report;
  const { counts } = taken;
  cli.out.result({ source, ...counts, given }, () => {
    const rest = counted(
      [counts.corrected ?? 0, 'of them had another label, which prediction_feedback records'],
      [counts.unchanged, 'unchanged'],
      [counts.unknown, `unknown in ${source}`],
    );
    const next = counts.written > 0 ? ' The next training run has them in its snapshot.' : '';
    cli.out.line(`${counts.written} messages of ${source} ${done}${rest}.${next}`);
  });
}
