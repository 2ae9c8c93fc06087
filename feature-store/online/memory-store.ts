import type pg from 'pg';
import type { CustomerKeys } from './customer-keys.js';
import { sealedValues } from './sealed-values.js';
import { createOnlineTable, type OnlineTable } from './online-table.js';
import { createOnlineStore, type OnlineStore } from './online-store.js';
import { isKeyOf, keyOf, type PackedStore, type PackedView } from './packed-store.js';
import { eventTimeOf } from './packed-value.js';

/** Time for which a value read from PostgreSQL is served from memory before it is read again. */
const REREAD_AFTER_MS = 1_000;

interface CachedValue {
  readonly packed: Buffer;
  readonly expiresAt: number;
  /** When it was last read from PostgreSQL, or put without one. */
  readonly readAt: number;
}

class MemoryStore implements PackedStore {
  readonly kind = 'memory';
  readonly #cache = new Map<string, CachedValue>();
  readonly #table: OnlineTable | null;

  constructor(table: OnlineTable | null) {
    this.#table = table;
  }

  async put(view: PackedView, entries: ReadonlyMap<string, Buffer>, timeToLiveSeconds: number): Promise<void> {
    const expiresAt = Date.now() + timeToLiveSeconds * 1000;
    if (this.#table === null) {
      for (const [entityId, packed] of entries) this.#cacheIfNewer(keyOf(view, entityId), packed, expiresAt);
      return;
    }
    await this.#table.put(view, { entries, expiresAt });
    // The database decides which value is newer, so the next read gets it from there.
    for (const entityId of entries.keys()) this.#cache.delete(keyOf(view, entityId));
  }

  async get(view: PackedView, entityIds: readonly string[]): Promise<(Buffer | null)[]> {
    const stale = entityIds.filter((id) => !this.#isFresh(keyOf(view, id)));
    if (this.#table !== null && stale.length > 0) await this.#reread(this.#table, view, stale);
    return entityIds.map((id) => this.#unexpired(keyOf(view, id)));
  }

  async forget(entityId: string, source: string | null): Promise<number> {
    const cached = [...this.#cache.keys()].filter((key) => isKeyOf(key, entityId, source));
    for (const key of cached) this.#cache.delete(key);
    return this.#table === null ? cached.length : this.#table.forget(entityId, source);
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

  #unexpired(key: string): Buffer | null {
    const cached = this.#cache.get(key);
    if (cached === undefined) return null;
    if (cached.expiresAt > Date.now()) return cached.packed;
    this.#cache.delete(key);
    return null;
  }

  #cacheIfNewer(key: string, packed: Buffer, expiresAt: number): void {
    const present = this.#unexpired(key);
    if (present !== null && eventTimeOf(present) > eventTimeOf(packed)) return;
    this.#cache.set(key, { packed, expiresAt, readAt: Date.now() });
  }

  async #reread(table: OnlineTable, view: PackedView, entityIds: readonly string[]): Promise<void> {
    const found = await table.get(view, entityIds);
    for (const id of entityIds) {
      const key = keyOf(view, id);
      const row = found.get(id);
      if (row === undefined) this.#cache.delete(key);
      else this.#cache.set(key, { ...row, readAt: Date.now() });
    }
  }
}

/**
 * An in-process store for machines without Redis. With a pool every value is written through to PostgreSQL (schema
 * `online`, created on first use): other processes read a new value at once and a changed one within a second. Without
 * a pool the values are visible in this process only.
 * @param keys - encrypt the values; null: they are stored in clear.
 * @throws PipelineError `SERVICE_UNAVAILABLE` from every method when PostgreSQL does not answer.
 */
export function createMemoryStore(pool: pg.Pool | null, keys: CustomerKeys | null = null): OnlineStore {
  const packed = new MemoryStore(pool === null ? null : createOnlineTable(pool));
  return createOnlineStore(keys === null ? packed : sealedValues(packed, keys));
}
