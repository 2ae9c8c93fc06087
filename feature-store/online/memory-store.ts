import type pg from 'pg';
import { createOnlineTable, type OnlineTable } from './online-table.js';
import type { OnlineStore, OnlineValue } from './online-store.js';

/** How long a value that came from PostgreSQL is served from memory before it is looked up again. */
const REREAD_AFTER_MS = 1_000;

interface Held {
  readonly value: OnlineValue;
  readonly expiresAt: number;
  /** When it was last known to be what PostgreSQL holds. */
  readonly readAt: number;
}

class MemoryStore implements OnlineStore {
  readonly kind = 'memory';
  readonly #held = new Map<string, Held>();
  readonly #table: OnlineTable | null;

  constructor(table: OnlineTable | null) {
    this.#table = table;
  }

  async put(
    source: string,
    view: string,
    entries: ReadonlyMap<string, OnlineValue>,
    timeToLiveSeconds: number,
  ): Promise<void> {
    const expiresAt = Date.now() + timeToLiveSeconds * 1000;
    if (this.#table === null) {
      for (const [entityId, value] of entries) this.#holdIfNewer(keyOf(source, view, entityId), value, expiresAt);
      return;
    }
    await this.#table.put(source, view, { entries, expiresAt });
    // Which value won is the database's to say: the next read asks it.
    for (const entityId of entries.keys()) this.#held.delete(keyOf(source, view, entityId));
  }

  async get(source: string, view: string, entityIds: readonly string[]): Promise<(OnlineValue | null)[]> {
    const stale = entityIds.filter((id) => !this.#isFresh(keyOf(source, view, id)));
    if (this.#table !== null && stale.length > 0) await this.#reread(this.#table, source, view, stale);
    return entityIds.map((id) => this.#live(keyOf(source, view, id)));
  }

  async ping(): Promise<void> {
    await this.#table?.ping();
  }

  close(): Promise<void> {
    this.#held.clear();
    return Promise.resolve();
  }

  #isFresh(key: string): boolean {
    const held = this.#held.get(key);
    return held !== undefined && Date.now() - held.readAt < REREAD_AFTER_MS;
  }

  #live(key: string): OnlineValue | null {
    const held = this.#held.get(key);
    if (held === undefined) return null;
    if (held.expiresAt > Date.now()) return held.value;
    this.#held.delete(key);
    return null;
  }

  #holdIfNewer(key: string, value: OnlineValue, expiresAt: number): void {
    const present = this.#live(key);
    if (present !== null && present.eventTime > value.eventTime) return;
    // Copied: the caller may go on writing into its array.
    const features = value.features.map((feature) => feature + 0);
    this.#held.set(key, { value: { ...value, features }, expiresAt, readAt: Date.now() });
  }

  async #reread(table: OnlineTable, source: string, view: string, entityIds: readonly string[]): Promise<void> {
    const found = await table.get(source, view, entityIds);
    for (const id of entityIds) {
      const key = keyOf(source, view, id);
      const row = found.get(id);
      if (row === undefined) this.#held.delete(key);
      else this.#held.set(key, { ...row, readAt: Date.now() });
    }
  }
}

const keyOf = (source: string, view: string, entityId: string): string => `${source}:${view}:${entityId}`;

/**
 * Features in this process, for machines without Redis. With a pool every value is written through to PostgreSQL
 * (schema `online`, made at the first use): another process sees a new value at once and a changed one within a second.
 * Without a pool the values are this process's alone.
 * @throws PipelineError `SERVICE_UNAVAILABLE` from every method when PostgreSQL is away.
 */
export const createMemoryStore = (pool: pg.Pool | null): OnlineStore =>
  new MemoryStore(pool === null ? null : createOnlineTable(pool));
