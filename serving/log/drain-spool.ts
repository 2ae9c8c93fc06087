import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import type { RowSink } from './log-connection.js';
import type { Spool } from './spool.js';

/** Rows of one statement, at most. */
export const INSERT_ROWS = 500;

/** Writes the oldest file of a spool to the database, and removes it. @returns number of its rows; 0: nothing waits. */
export const drainFile = (spool: Spool, sink: Pick<RowSink, 'insert'>): Promise<number> =>
  spool.drainFile((rows) => insertInParts(sink, rows));

async function insertInParts(sink: Pick<RowSink, 'insert'>, rows: readonly SealedRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS)
    await sink.insert(rows.slice(start, start + INSERT_ROWS));
}
