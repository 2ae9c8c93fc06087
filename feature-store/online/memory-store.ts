import type pg from 'pg';
import { createOnlineTable, type OnlineTable } from './online-table.js';
import type { OnlineStore, OnlineValue } from './online-store.js';

/** Time for which a value read from PostgreSQL is served from memory before it is read again. */
const REREAD_AFTER_MS = 1_000;

interface CachedValue {
  readonly value: OnlineValue;
  readonly expiresAt: number;
  /** When it was last read from PostgreSQL, or put without one. */
  readonly readAt: number;
}

class MemoryStore implements OnlineStore {
  readonly kind = 'memory';
  readonly #cache = new Map<string, CachedValue>();
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
      for (const [entityId, value] of entries) this.#cacheIfNewer(keyOf(source, view, entityId), value, expiresAt);
      return;
    }
    await this.#table.put(source, view, { entries, expiresAt });
    // The database decides which value is newer, so the next read gets it from there.
    for (const entityId of entries.keys()) this.#cache.delete(keyOf(source, view, entityId));
  }

  async get(source: string, view: string, entityIds: readonly string[]): Promise<(OnlineValue | null)[]> {
    const stale = entityIds.filter((id) => !this.#isFresh(keyOf(source, view, id)));
    if (this.#table !== null && stale.length > 0) await this.#reread(this.#table, source, view, stale);
    return entityIds.map((id) => this.#unexpired(keyOf(source, view, id)));
  }

  async ping(): Promise<void> {
    await this.#table?.ping();
  }

  close(): Promise<void> {
    this.#cache.clear();
    return Promise.resolve();
  }

  #isFresh(key: string): boolean {
    const cached = this.#cache.get(key);
    return cached !== undefined && Date.now() - cached.readAt < REREAD_AFTER_MS;
  }

  #unexpired(key: string): OnlineValue | null {
    const cached = this.#cache.get(key);
    if (cached === undefined) return null;
    if (cached.expiresAt > Date.now()) return cached.value;
    this.#cache.delete(key);
    return null;
  }

  #cacheIfNewer(key: string, value: OnlineValue, expiresAt: number): void {
    const present = this.#unexpired(key);
    if (present !== null && present.eventTime > value.eventTime) return;
    // Copied, because the caller may change its array afterwards; −0 becomes 0, as in the packed form.
    const features = value.features.map((feature) => feature + 0);
    this.#cache.set(key, { value: { ...value, features }, expiresAt, readAt: Date.now() });
  }

  async #reread(table: OnlineTable, source: string, view: string, entityIds: readonly string[]): Promise<void> {
    const found = await table.get(source, view, entityIds);
    for (const id of entityIds) {
      const key = keyOf(source, view, id);
      const row = found.get(id);
      if (row === undefined) this.#cache.delete(key);
      else this.#cache.set(key, { ...row, readAt: Date.now() });
    }
  }
}

const keyOf = (source: string, view: string, entityId: string): string => `${source}:${view}:${entityId}`;

/**
 * An in-process store for machines without Redis. With a pool every value is written through to PostgreSQL (schema
 * `online`, created on first use): other processes read a new value at once and a changed one within a second. Without
 * a pool the values are visible in this process only.
 * @throws PipelineError `SERVICE_UNAVAILABLE` from every method when PostgreSQL does not answer.
 */
export const createMemoryStore = (pool: pg.Pool | null): OnlineStore =>
  new MemoryStore(pool === null ? null : createOnlineTable(pool));
