import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { repeat } from '../../platform/repeat.js';
import type { RowSink } from './log-connection.js';

export interface BulkWriterDeps {
  readonly sink: Pick<RowSink, 'insert' | 'copy'>;
  /** Told when writing begins to fail, with the reason, and when it works again, with null. */
  readonly onChange: (reason: string | null) => void;
  /** Bytes of rows that may wait; what comes beyond is dropped and counted. @default 32 MiB */
  readonly mostBytes?: number;
  /** Pause between two writes. @default 500 */
  readonly everyMs?: number;
}

const MOST_BYTES = 32 * 2 ** 20;
const EVERY_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** Rows and bytes of one `COPY`, at most. */
const [BATCH_ROWS, BATCH_BYTES] = [2_000, 4 * 2 ** 20];
/** Bytes of a row beside its content, about. */
const PLAIN_BYTES = 300;

const bytesOf = ({ sealed, features }: SealedRow): number => sealed.length + (features?.length ?? 0) + PLAIN_BYTES;

/** Writes rows in the background, many at once; nobody waits for it. */
export class BulkWriter {
  readonly #deps: BulkWriterDeps;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #rows: SealedRow[] = [];
  #bytes = 0;
  #failing = false;
  #dropped = 0;
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
  get isFailing(): boolean {
    return this.#failing;
  }

  append(row: SealedRow): void {
    const bytes = bytesOf(row);
    if (this.#bytes + bytes > (this.#deps.mostBytes ?? MOST_BYTES)) {
      this.#dropped += 1;
      return;
    }
    this.#bytes += bytes;
    this.#rows.push(row);
  }

  /** Writes what waits now. @throws whatever the database answers; the rows wait on. */
  async flush(): Promise<void> {
    while (this.#rows.length > 0) {
      const batch = this.#batch();
      await (this.#repeats ? this.#deps.sink.insert(batch) : this.#deps.sink.copy(batch)).catch((fault: unknown) => {
        this.#repeats = true;
        throw fault;
      });
      this.#repeats = false;
      this.#rows = this.#rows.slice(batch.length);
      for (const row of batch) this.#bytes -= bytesOf(row);
    }
  }

  /** Ends the background work after one more attempt. @returns number of rows that could not be written. */
  async close(): Promise<number> {
    this.#stopped.abort();
    await this.#running;
    await this.flush().catch(() => undefined);
    return this.#rows.length;
  }

  #batch(): readonly SealedRow[] {
    let bytes = 0;
    const cut = this.#rows.findIndex((row, i) => i >= BATCH_ROWS || (bytes += bytesOf(row)) > BATCH_BYTES);
    return this.#rows.slice(0, cut < 0 ? undefined : Math.max(cut, 1));
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
