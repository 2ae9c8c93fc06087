import { messageOf } from '../../contracts/errors.js';
import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { asPipelineFault } from '../../platform/outage.js';
import { sleep } from '../../platform/sleep.js';
import { drainFile, INSERT_ROWS } from './drain-spool.js';
import type { RowSink } from './log-connection.js';
import type { Spool } from './spool.js';

export interface DurableWriterDeps {
  /** Of requests: gives up soon. */
  readonly direct: Pick<RowSink, 'insert'>;
  /** Of the background: may take longer. */
  readonly background: Pick<RowSink, 'insert'>;
  readonly spool: Spool;
  /** Told when rows begin to go to the spool, with the reason, and when it is empty again, with null. */
  readonly onChange: (reason: string | null) => void;
  /** Pause between two attempts to drain the spool. @default 1000 */
  readonly retryMs?: number;
}

interface Waiting {
  readonly rows: readonly SealedRow[];
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

const RETRY_MS = 1_000;

/**
 * Writes rows that must be on a disk before their answer leaves. Rows that come while others are written share the next
 * commit. When the database refuses or does not answer in time, they go to the spool, and so do all that follow until the
 * spool is empty: rows keep their order, and no request waits for a database that is away.
 */
export class DurableWriter {
  readonly #deps: DurableWriterDeps;
  readonly #stopped = new AbortController();
  readonly #waiting: Waiting[] = [];
  #pumping: Promise<void> | null = null;
  #draining: Promise<void> | null = null;
  #spooled = 0;

  constructor(deps: DurableWriterDeps) {
    this.#deps = deps;
    if (!deps.spool.isEmpty()) this.#startDraining('rows of a process that ended wait');
  }

  /** Rows that went to the spool so far. */
  get spooled(): number {
    return this.#spooled;
  }

  /** Whether the database gets rows later than their answers. */
  get isBehind(): boolean {
    return !this.#deps.spool.isEmpty();
  }

  /** Resolves when the rows are durable. @throws PipelineError `STORAGE_FULL`, `INTERNAL` when they cannot be. */
  append(rows: readonly SealedRow[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.#pumping ??= this.#pump();
    });
  }

  /** Waits for running writes; what is in the spool stays there for the next start. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#pumping;
    await this.#draining;
    await this.#deps.spool.close();
  }

  async #pump(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#take();
      try {
        await this.#write(some.flatMap(({ rows }) => rows));
        for (const { resolve } of some) resolve();
      } catch (fault) {
        for (const { reject } of some) reject(asPipelineFault(fault));
      }
    }
    this.#pumping = null; // in the same turn as the last look, so that no row waits for a pump that has ended
  }

  #take(): Waiting[] {
    let rows = 0;
    const cut = this.#waiting.findIndex((each) => (rows += each.rows.length) > INSERT_ROWS);
    return this.#waiting.splice(0, cut < 0 ? this.#waiting.length : Math.max(cut, 1));
  }

  async #write(rows: readonly SealedRow[]): Promise<void> {
    const { direct, spool } = this.#deps;
    let reason = 'rows before them wait';
    if (spool.isEmpty())
      try {
        await direct.insert(rows);
        return;
      } catch (fault) {
        reason = messageOf(fault); // the insert may have happened all the same: the next one passes such rows over
      }
    await spool.append(rows);
    this.#spooled += rows.length;
    this.#startDraining(reason);
  }

  #startDraining(reason: string): void {
    if (this.#draining !== null || this.#stopped.signal.aborted) return;
    this.#deps.onChange(reason);
    this.#draining = this.#drain();
  }

  async #drain(): Promise<void> {
    const { spool, background, onChange, retryMs = RETRY_MS } = this.#deps;
    while (!spool.isEmpty()) {
      const isDrained = await drainFile(spool, background).then(
        () => true,
        () => false,
      );
      if (!isDrained) await sleep(retryMs, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
    }
    this.#draining = null; // in the same turn as the last look
    onChange(null);
  }
}
