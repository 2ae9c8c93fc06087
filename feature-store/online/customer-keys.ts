import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { KEY_BYTES } from '../../platform/keys/known-keys.js';
import { asDatabaseFault } from '../../platform/postgres/faults.js';

/** A key for each entity of a source. Whoever deletes one makes all copies of what it encrypted unreadable. */
export interface CustomerKeys {
  /** The keys of these entities; those that are missing are made. @returns by id. */
  require(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>;
  /** The keys that are there, by id. Reads the database for those only that this process does not know. */
  find(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>;
  /** Deletes the keys of an entity. @param source - null: of every source. @returns their number. */
  forget(id: string, source: string | null): Promise<number>;
}

/** Keys that a process remembers, some 25 MB, and for how long: a deleted one is used no longer than that. */
const [MOST_KNOWN, KNOWN_MS] = [100_000, 60_000];

interface Row {
  readonly id: string;
  readonly sealed: Buffer;
}

interface Known {
  readonly key: KeyObject;
  readonly until: number;
}

const FIND =
  'select entity_id as id, sealed_key as sealed from erasure.customer_keys where source = $1 and entity_id = any($2)';

/** Of several processes that make the same key one wins; all read its key. */
const MAKE = `
  insert into erasure.customer_keys (source, entity_id, sealed_key)
  select $1, id, sealed from unnest($2::text[], $3::bytea[]) as made (id, sealed)
  on conflict do nothing`;

const contextOf = (source: string, id: string): string => JSON.stringify([source, id]);

class StoredKeys implements CustomerKeys {
  readonly #pool: Pick<pg.Pool, 'query'>;
  readonly #ring: () => Promise<KeyRing>;
  readonly #known = new Map<string, Known>();

  constructor(pool: Pick<pg.Pool, 'query'>, ring: () => Promise<KeyRing>) {
    this.#pool = pool;
    this.#ring = ring;
  }

  async require(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    const found = new Map(await this.find(source, ids));
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const ring = await this.#ring();
    const sealed = missing.map((id) => ring.seal('customers', randomBytes(KEY_BYTES), contextOf(source, id)));
    await this.#query(MAKE, [source, missing, sealed]);
    for (const [id, key] of await this.find(source, missing)) found.set(id, key);
    return found;
  }

  async find(source: string, ids: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    const found = new Map<string, KeyObject>();
    const unknown: string[] = [];
    const now = performance.now();
    for (const id of ids) {
      const known = this.#known.get(contextOf(source, id));
      if (known !== undefined && known.until > now) found.set(id, known.key);
      else unknown.push(id);
    }
    if (unknown.length === 0) return found;
    const ring = await this.#ring();
    for (const { id, sealed } of await this.#query(FIND, [source, unknown])) {
      const key = createSecretKey(ring.open('customers', sealed, contextOf(source, id)));
      this.#remember(contextOf(source, id), key);
      found.set(id, key);
    }
    return found;
  }

  async forget(id: string, source: string | null): Promise<number> {
    const rows = await this.#query(
      `delete from erasure.customer_keys where entity_id = $1 and ($2::text is null or source = $2) returning entity_id as id`,
      [id, source],
    );
    this.#known.clear();
    return rows.length;
  }

  #remember(name: string, key: KeyObject): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(name, { key, until: performance.now() + KNOWN_MS });
  }

  async #query(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(text, values)).rows;
    } catch (fault) {
      throw asDatabaseFault(fault);
    }
  }
}

/** Keys in schema `erasure`, each sealed by the key `customers` of the ring. @throws PipelineError `SERVICE_UNAVAILABLE`. */
export const createCustomerKeys = (pool: Pick<pg.Pool, 'query'>, ring: () => Promise<KeyRing>): CustomerKeys =>
  new StoredKeys(pool, ring);
