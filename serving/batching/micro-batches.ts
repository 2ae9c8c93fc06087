import { answer, type OpenArtefact } from '../../inference/answer.js';
import type { DataVersion } from '../../registry/artefacts.js';
import { settleRows } from '../predictions/settle-rows.js';
import { answerAt, type SingleAnswer } from '../predictions/single-answer.js';

/** One row for an open artefact. */
export interface RowQuestion {
  readonly input: unknown;
  /** As of `Question`: what the input was made of. */
  readonly reads: readonly DataVersion[];
}

/** Answers single rows together with those that arrive in the same turn of the event loop. */
export type AnswerInTurn = (open: OpenArtefact, question: RowQuestion) => Promise<SingleAnswer>;

interface Waiting extends RowQuestion {
  readonly resolve: (answered: SingleAnswer) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Collects the rows of one turn, without a timer: a lone row waits for nothing but the end of the turn.
 * @param mostRows - rows that are computed at once.
 */
export function createTurnBatches(mostRows: number): AnswerInTurn {
  const waiting = new Map<OpenArtefact, Waiting[]>();

  function flush(): void {
    const turns = [...waiting];
    waiting.clear();
    for (const [open, rows] of turns)
      for (let start = 0; start < rows.length; start += mostRows) void run(open, rows.slice(start, start + mostRows));
  }

  return (open, question) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(flush);
      const rows = waiting.get(open);
      const row = { ...question, resolve, reject };
      if (rows === undefined) waiting.set(open, [row]);
      else rows.push(row);
    });
}

async function run(open: OpenArtefact, rows: readonly Waiting[]): Promise<void> {
  const settled = await settleRows(rows, (some) => answerRows(open, some));
  rows.forEach(({ resolve, reject }, i) => {
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
