import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { repeat } from '../../platform/repeat.js';
import { drainFile } from './drain-spool.js';
import type { RowSink } from './log-connection.js';
import type { Spool } from './spool.js';

export interface BulkWriterDeps {
  readonly sink: Pick<RowSink, 'insert' | 'copy'>;
  /** Told when writing begins to fail, with the reason, and when it works again, with null. */
  readonly onChange: (reason: string | null) => void;
  /** Where rows go that memory has no place for, and at the end those that the database did not take; null: nowhere. */
  readonly spool: Spool | null;
  /** Bytes that may lie in the spool; what comes beyond them and memory is dropped and counted. */
  readonly mostSpoolBytes: number;
  /** Told when rows are lost because the disk does not take them. */
  readonly onLost: (fault: unknown) => void;
  /** Bytes of rows that may wait in memory. @default 32 MiB */
  readonly mostBytes?: number;
  /** Pause between two writes. @default 500 */
  readonly everyMs?: number;
}

const MOST_BYTES = 32 * 2 ** 20;
const EVERY_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** Rows and bytes of one `COPY`, at most. */
const [BATCH_ROWS, BATCH_BYTES] = [2_000, 4 * 2 ** 20];
/** Rows that go to the spool in one turn of the event loop. */
const SPOOLED_ROWS = 500;
/** Bytes of a row beside its content, about. */
const PLAIN_BYTES = 300;

const bytesOf = ({ sealed, features }: SealedRow): number => sealed.length + (features?.length ?? 0) + PLAIN_BYTES;

/**
 * Writes rows in the background, many at once; nobody waits for it. When memory is full, all that waits goes to the spool,
 * which is emptied when the database takes rows again: the log needs no order.
 */
export class BulkWriter {
  readonly #deps: BulkWriterDeps;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #rows: SealedRow[] = [];
  #bytes = 0;
  #failing = false;
  #dropped = 0;
  #spooled = 0;
  /** Rows are on their way to the spool. */
  #spooling: Promise<void> | null = null;
  /** True: the end of the attempt before is not known, so the rows at the front may be there. */
  #repeats = false;

  constructor(deps: BulkWriterDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  get dropped(): number {
    return this.#dropped;
  }
  get waiting(): number {
    return this.#rows.length;
  }
  /** Rows that went to the spool so far. */
  get spooled(): number {
    return this.#spooled;
  }
  /** Whether rows reach the database late. */
  get isBehind(): boolean {
    return this.#failing || this.#deps.spool?.isEmpty() === false;
  }

  append(row: SealedRow): void {
    const bytes = bytesOf(row);
    if (this.#bytes + bytes > (this.#deps.mostBytes ?? MOST_BYTES) && !this.#startSpooling()) {
      this.#dropped += 1;
      return;
    }
    this.#bytes += bytes;
    this.#rows.push(row);
  }

  /** Writes what waits now, in memory and in the spool. @throws whatever the database answers; the rows wait on. */
  async flush(): Promise<void> {
    const { sink, spool } = this.#deps;
    do {
      while (this.#rows.length > 0) await this.#writeBatch();
    } while (spool?.isEmpty() === false && (await drainFile(spool, sink)) > 0);
  }

  /**
   * Ends the background work after one more attempt; what the database does not take goes to the spool.
   * @returns number of rows that are nowhere.
   */
  async close(): Promise<number> {
    this.#stopped.abort();
    await this.#running;
    await this.flush().catch(() => undefined);
    await this.#spooling;
    const dropped = this.#dropped;
    if (this.#rows.length > 0 && this.#startSpooling()) await this.#spooling;
    await this.#deps.spool?.close();
    return this.#rows.length + this.#dropped - dropped;
  }

  async #writeBatch(): Promise<void> {
    const { sink } = this.#deps;
    const batch = this.#takeBatch();
    try {
      await (this.#repeats ? sink.insert(batch) : sink.copy(batch));
      this.#repeats = false;
      for (const row of batch) this.#bytes -= bytesOf(row);
    } catch (fault) {
      this.#repeats = true;
      this.#rows = [...batch, ...this.#rows];
      throw fault;
    }
  }

  #takeBatch(): readonly SealedRow[] {
    let bytes = 0;
    const cut = this.#rows.findIndex((row, i) => i >= BATCH_ROWS || (bytes += bytesOf(row)) > BATCH_BYTES);
    return this.#rows.splice(0, cut < 0 ? this.#rows.length : Math.max(cut, 1));
  }

  /** @returns false when the spool takes no more, or takes other rows at this moment. */
  #startSpooling(): boolean {
    const { spool, mostSpoolBytes, onLost } = this.#deps;
    const rows = this.#rows;
    if (spool === null || this.#spooling !== null || rows.length === 0) return false;
    const bytes = rows.reduce((sum, row) => sum + bytesOf(row), 0);
    if (spool.bytes + bytes > mostSpoolBytes) return false;
    this.#rows = [];
    this.#bytes -= bytes;
    this.#spooling = this.#spoolRows(spool, rows)
      .catch((fault: unknown) => onLost(fault))
      .finally(() => (this.#spooling = null));
    return true;
  }

  /** In parts: packing all rows in one turn of the event loop would hold up requests. */
  async #spoolRows(spool: Spool, rows: readonly SealedRow[]): Promise<void> {
    let done = 0;
    try {
      for (; done < rows.length; done += SPOOLED_ROWS) await spool.append(rows.slice(done, done + SPOOLED_ROWS));
      this.#spooled += rows.length;
    } catch (fault) {
      this.#spooled += done;
      this.#dropped += rows.length - done;
      throw fault;
    }
  }

  #run(): Promise<void> {
    return repeat(() => this.flush(), {
      everyMs: this.#deps.everyMs ?? EVERY_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
      signal: this.#stopped.signal,
      onChange: (reason) => {
        this.#failing = reason !== null;
        this.#deps.onChange(reason);
      },
    });
  }
}
