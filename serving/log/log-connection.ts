import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_ROWS, copyPieces, insertRows } from '../../inference/prediction-log/insert-rows.js';
import { ensurePartitions } from '../../inference/prediction-log/partitions.js';
import type { SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { within } from '../../platform/embedded/processes/wait.js';
import { serviceUnavailable } from '../../platform/outage.js';

/** Writes rows of the log over one connection of its own. */
export interface RowSink {
  /** Rows that are there already are passed over. */
  insert(rows: readonly SealedRow[]): Promise<void>;
  /** Faster for many; fails when one of them is there already. */
  copy(rows: readonly SealedRow[]): Promise<void>;
  /** Any other work on the connection, one after the other. */
  run<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result>;
  close(): void;
}

const NO_PARTITION = '23514';
const lacksPartition = (fault: unknown): boolean =>
  fault instanceof pg.DatabaseError && fault.code === NO_PARTITION && /no partition/.test(fault.message);

/**
 * A connection that is opened when it is needed, and given up with the first work that fails or takes too long: the next
 * work begins with a fresh one. One caller at a time.
 */
export class LogConnection implements RowSink {
  readonly #databaseUrl: string;
  readonly #timeoutMs: number;
  #client: pg.Client | null = null;

  /** @param timeoutMs - for connecting and working together. */
  constructor(databaseUrl: string, timeoutMs: number) {
    this.#databaseUrl = databaseUrl;
    this.#timeoutMs = timeoutMs;
  }

  insert(rows: readonly SealedRow[]): Promise<void> {
    return this.#write(rows, (client) => insertRows(client, rows));
  }

  copy(rows: readonly SealedRow[]): Promise<void> {
    return this.#write(rows, (client) => pipeline(Readable.from(copyPieces(rows)), client.query(copyFrom(COPY_ROWS))));
  }

  async run<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const late = (): Error => serviceUnavailable('PostgreSQL', `no answer within ${this.#timeoutMs} ms`);
    try {
      return await within(this.#open().then(work), this.#timeoutMs, late);
    } catch (fault) {
      this.close();
      throw fault;
    }
  }

  close(): void {
    void this.#client?.end().catch(() => undefined); // breaks the connection when a query is in the way
    this.#client = null;
  }

  async #write(rows: readonly SealedRow[], write: (client: pg.Client) => Promise<void>): Promise<void> {
    try {
      await this.run(write);
    } catch (fault) {
      if (!lacksPartition(fault)) throw fault;
      const days = rows.map(({ at }) => at);
      await this.run((client) => ensurePartitions(client, days).then(() => write(client)));
    }
  }

  async #open(): Promise<pg.Client> {
    if (this.#client !== null) return this.#client;
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      connectionTimeoutMillis: this.#timeoutMs,
      keepAlive: true,
    });
    this.#client = client;
    client.on('error', () => this.#client === client && this.close()); // the next work connects again
    await client.connect();
    await client.query('set synchronous_commit = on'); // whatever the server's default: a commit is on disk
    return client;
  }
}
