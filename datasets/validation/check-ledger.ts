import type { FailedCheck } from '../../contracts/dataset.js';

export interface Fault {
  readonly column: string | null;
  readonly check: string;
  /** What was found and wanted, without the value: it may be personal. */
  readonly finding: string;
}

export interface TableReport {
  readonly table: string;
  readonly checkedRows: number;
  /** Distinct rows with at least one fault. */
  readonly rejectedRows: number;
  /** Missing values a column, as a share of the rows; columns without any are left out. */
  readonly nullShares: Readonly<Record<string, number>>;
  /** Worst first. */
  readonly failedChecks: readonly FailedCheck[];
}

interface Entry extends Fault {
  failedRows: number;
  readonly firstKey: string | null;
}

/** Counts faults of one table over all its parts; a row with several faults is rejected once. */
export class CheckLedger {
  readonly #table: string;
  readonly #entries = new Map<string, Entry>();
  readonly #missing = new Map<string, number>();
  #checked = 0;
  #rejected = 0;
  #part: { readonly keyOf: (row: number) => string; readonly bad: Uint8Array } = {
    keyOf: String,
    bad: new Uint8Array(0),
  };

  constructor(table: string) {
    this.#table = table;
  }

  /** Begins a part; rows of later calls count from its start. @param keyOf - names a row in the report. */
  startPart(rowCount: number, keyOf: (row: number) => string): void {
    this.#checked += rowCount;
    this.#part = { keyOf, bad: new Uint8Array(rowCount) };
  }

  fail(row: number, fault: Fault): void {
    this.#note(fault, 1, () => this.#part.keyOf(row));
    if (this.#part.bad[row] === 1) return;
    this.#part.bad[row] = 1;
    this.#rejected += 1;
  }

  /** Every row of the part fails. */
  failAll(rowCount: number, fault: Fault): void {
    if (rowCount === 0) this.#note(fault, 0, () => null);
    for (let row = 0; row < rowCount; row++) this.fail(row, fault);
  }

  /** The table as a whole fails; no row is to blame. */
  failTable(fault: Fault): void {
    this.#note(fault, 0, () => null);
  }

  countMissing(column: string): void {
    this.#missing.set(column, (this.#missing.get(column) ?? 0) + 1);
  }

  report(): TableReport {
    const failedChecks = [...this.#entries.values()].map(({ column, check, finding, failedRows, firstKey }) => ({
      table: this.#table,
      column,
      check,
      failedRows,
      example: firstKey === null ? finding : `row ${firstKey}: ${finding}`,
    }));
    return {
      table: this.#table,
      checkedRows: this.#checked,
      rejectedRows: this.#rejected,
      nullShares: Object.fromEntries([...this.#missing].map(([column, count]) => [column, count / this.#checked])),
      failedChecks: failedChecks.sort((a, b) => b.failedRows - a.failedRows),
    };
  }

  #note(fault: Fault, rows: number, firstKey: () => string | null): void {
    const name = `${fault.column ?? ''}\u0000${fault.check}\u0000${fault.finding}`;
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, { ...fault, failedRows: rows, firstKey: firstKey() });
    else entry.failedRows += rows;
  }
}
