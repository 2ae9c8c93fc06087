/** How many rows of a batch may be answered in one turn of the event loop, by what they cost. */
export interface RowsATurn {
  /** Rows for the next turn, 1 to `MOST_ROWS_A_TURN`. */
  next(): number;
  /** Tells what a turn cost. @param milliseconds - of CPU, or of a clock where nothing else ran. */
  took(rows: number, milliseconds: number): void;
}

/** Other requests wait at most about so long for a turn of a batch. */
const TURN_MS = 5;
/** More rows at once are hardly cheaper. */
export const MOST_ROWS_A_TURN = 32;
/** Weight of the newest turn. */
const WEIGHT = 0.3;

/** Starts with one row, as nothing is known of their cost. */
export function createRowsATurn(): RowsATurn {
  let costOfRow: number | null = null;
  return {
    next: () => (costOfRow === null ? 1 : Math.min(MOST_ROWS_A_TURN, Math.max(1, Math.floor(TURN_MS / costOfRow)))),
    took(rows, milliseconds) {
      const cost = milliseconds / rows;
      costOfRow = costOfRow === null ? cost : costOfRow + WEIGHT * (cost - costOfRow);
    },
  };
}
