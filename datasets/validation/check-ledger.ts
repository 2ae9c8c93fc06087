import type { FailedCheck } from '../../contracts/dataset.js';

/** A failed check of a row or table. */
export interface Fault {
  readonly column: string | null;
  readonly check: string;
  /** What was found and wanted, without the value, which may be personal. */
  readonly finding: string;
}

/** Result of all checks of one table. */
export interface TableReport {
  readonly table: string;
  readonly checkedRows: number;
  /** Distinct rows with at least one fault. */
  readonly rejectedRows: number;
  /** Share of missing values by column; columns without missing values are left out. */
  readonly nullShares: Readonly<Record<string, number>>;
  /** In descending order of failed rows. */
  readonly failedChecks: readonly FailedCheck[];
}

interface Entry extends Fault {
  failedRows: number;
  readonly firstKey: string | null;
}

/** Counts the faults of one table over all its parts; a row with several faults counts as one rejected row. */
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

  /** Starts a part; row numbers of later calls are relative to it. @param keyOf - key of a row, for the report. */
  startPart(rowCount: number, keyOf: (row: number) => string): void {
    this.#checked += rowCount;
    this.#part = { keyOf, bad: new Uint8Array(rowCount) };
  }

  /** Records a fault of one row. */
  fail(row: number, fault: Fault): void {
    this.#record(fault, 1, () => this.#part.keyOf(row));
    if (this.#part.bad[row] === 1) return;
    this.#part.bad[row] = 1;
    this.#rejected += 1;
  }

  /** Records a fault of every row in the part. */
  failAll(rowCount: number, fault: Fault): void {
    if (rowCount === 0) this.#record(fault, 0, () => null);
    for (let row = 0; row < rowCount; row++) this.fail(row, fault);
  }

  /** Records a fault of the whole table, which rejects no row. */
  failTable(fault: Fault): void {
    this.#record(fault, 0, () => null);
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

  #record(fault: Fault, rows: number, firstKey: () => string | null): void {
    const name = `${fault.column ?? ''}\u0000${fault.check}\u0000${fault.finding}`;
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, { ...fault, failedRows: rows, firstKey: firstKey() });
    else entry.failedRows += rows;
  }
}
