import { answer, type OpenArtefact } from '../../inference/answer.js';
import { collectTurn, type Waiting } from '../../platform/collect-turn.js';
import type { DataVersion } from '../../registry/artefacts.js';
import { settleRows } from '../predictions/settle-rows.js';
import { answerAt, type SingleAnswer } from '../predictions/single-answer.js';
import { groupBy } from '../../learning/group-by.js';

/** One row for an open artefact. */
export interface RowQuestion {
  readonly input: unknown;
  /** As of `Question`: what the input was made of. */
  readonly reads: readonly DataVersion[];
}

/** Answers single rows together with those that arrive in the same turn of the event loop. */
export type AnswerInTurn = (open: OpenArtefact, question: RowQuestion) => Promise<SingleAnswer>;

type WaitingRow = Waiting<{ readonly open: OpenArtefact; readonly row: RowQuestion }, SingleAnswer>;

/** @param mostRows - rows that are computed at once. */
export function createTurnBatches(mostRows: number): AnswerInTurn {
  const ask = collectTurn((asked: readonly WaitingRow[]) => {
    for (const [open, rows] of groupBy(asked, ({ question }) => question.open))
      for (let start = 0; start < rows.length; start += mostRows) void run(open, rows.slice(start, start + mostRows));
  });
  return (open, row) => ask({ open, row });
}

async function run(open: OpenArtefact, asked: readonly WaitingRow[]): Promise<void> {
  const rows = asked.map(({ question }) => question.row);
  const settled = await settleRows(rows, (some) => answerRows(open, some));
  asked.forEach(({ resolve, reject }, i) => {
    const result = settled[i]!;
    if (result.status === 'fulfilled') resolve(result.value);
    else reject(result.reason);
  });
}

async function answerRows(open: OpenArtefact, rows: readonly RowQuestion[]): Promise<SingleAnswer[]> {
  const reads = rows.find((row) => row.reads.length > 0)?.reads ?? [];
  const answers = await answer(open, { inputs: rows.map(({ input }) => input), reads });
  return rows.map((_, i) => answerAt(answers, i));
}
