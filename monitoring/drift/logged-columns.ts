import type { MonitoredColumn, ProbabilityOfAnswers } from '../../contracts/monitored-columns.js';
import type { ReadAnswer } from '../../inference/prediction-log/read-window.js';
import { columnValues, type ColumnValues } from './column-values.js';

/** A window of the log by column. */
export interface LoggedColumns {
  /** Columns that at least one answer could tell. */
  readonly columns: readonly ColumnValues[];
  /** Of the version's own answers; absent where the model has no probability. */
  readonly probabilities: readonly number[];
  /** Answers that were read. */
  readonly compared: number;
}

/**
 * Collects the monitored columns of a window's answers. Inputs count whichever version answered; what a version says is
 * compared with what the same version said about its held-out rows.
 * @param version - whose scores count.
 */
export async function loggedColumns(
  columns: readonly MonitoredColumn[],
  answers: AsyncIterable<ReadAnswer>,
  { version, probability }: { readonly version: string; readonly probability?: ProbabilityOfAnswers | undefined },
): Promise<LoggedColumns> {
  const values = columns.map(columnValues);
  const probabilities: number[] = [];
  let compared = 0;
  for await (const answer of answers) {
    compared += 1;
    const isOwn = answer.version === version;
    for (const each of values) if (isOwn || each.column.role !== 'score') addTo(each, answer);
    const found = isOwn ? probability?.ofAnswer(answer) : null;
    if (found !== null && found !== undefined) probabilities.push(found);
  }
  return { columns: values.filter(({ count }) => count() > 0), probabilities, compared };
}

function addTo(values: ColumnValues, answer: ReadAnswer): void {
  const output = answer.abstained ? null : answer.output;
  const found = values.column.ofAnswer({ input: answer.input, output });
  if (found === undefined) return;
  if (Array.isArray(found)) for (const value of found as readonly (string | number | null)[]) values.add(value);
  else values.add(found as string | number | null);
}
