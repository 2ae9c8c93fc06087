import { type Kysely, type Migration, sql } from 'kysely';
import type { Pool } from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import { sourceName } from '../../contracts/ids.js';
import { createKysely } from '../../platform/postgres/pool.js';
import { migrateSchemas, type OwnedSchema } from '../../platform/postgres/schemas.js';

/** Facts about a source: seed and size of a generation, folder and row counts of an import. */
export type SourceDetail = Readonly<Record<string, string | number | boolean | null>>;

/** One row of the catalogue. */
export interface CatalogSource {
  readonly name: string;
  readonly detail: SourceDetail;
  /** True for the one source that commands without `--source` use. */
  readonly active: boolean;
  readonly loadedAt: Date;
}

/** The list of data sources, and the active one, which is used by default. */
export interface SourceCatalog {
  /** Creates or updates schema `catalog`. Idempotent. */
  migrate(): Promise<void>;
  /** Adds a source, or updates its detail and time; `activate` also makes it the active one. @throws `INVALID_INPUT`. */
  add(name: string, detail: SourceDetail, options: { readonly activate: boolean }): Promise<void>;
  /** Name of the active source. @throws PipelineError `SOURCE_NOT_FOUND` when none has been loaded. */
  active(): Promise<string>;
  /** All sources, sorted by name. */
  list(): Promise<readonly CatalogSource[]>;
  /** Makes a source the active one. @throws PipelineError `SOURCE_NOT_FOUND` listing the known ones. */
  use(name: string): Promise<void>;
}

interface CatalogDatabase {
  'catalog.sources': { name: string; detail: SourceDetail; active: boolean; loaded_at: Date };
}

const createSources: Migration = {
  async up(database) {
    await sql`create table catalog.sources (
      name text primary key, detail jsonb not null, active boolean not null default false,
      loaded_at timestamptz not null default now())`.execute(database);
    // A unique index prevents two active sources.
    await sql`create unique index one_active_source on catalog.sources (active) where active`.execute(database);
  },
};

/** Schema `catalog`. */
export const catalogSchema: OwnedSchema = { schema: 'catalog', migrations: { '0001-sources': createSources } };

const waysToData =
  '`ml retrain` and `ml data generate` make a synthetic one, `ml data import berka <folder>` loads one, and ' +
  'BACKEND_DATABASE_URL names your own database';

/** Message for an empty catalogue. */
export const noSourceYet = `there is no data source yet: ${waysToData}`;

/** `SOURCE_NOT_FOUND`. @param name - null: no source was named and none is active. */
export function sourceNotFound(name: string | null, known: readonly string[]): PipelineError {
  const details = { source: name, known: [...known] };
  if (known.length === 0 && name === null) return new PipelineError('SOURCE_NOT_FOUND', noSourceYet, details);
  const found = name === null ? 'no data source is in use' : `there is no data source "${name}"`;
  const hint = `known: ${known.join(', ') || 'none'} (\`ml data use <name>\`); ${waysToData}`;
  return new PipelineError('SOURCE_NOT_FOUND', `${found}; ${hint}`, details);
}

function checkedName(name: string): string {
  const parsed = sourceName.safeParse(name);
  if (parsed.success) return parsed.data;
  const wanted = parsed.error.issues[0]?.message ?? 'a source name';
  throw new PipelineError('INVALID_INPUT', `source name "${name}": ${wanted}`, { source: name });
}

const sourceNames = async (database: Kysely<CatalogDatabase>): Promise<string[]> => {
  const rows = await database.selectFrom('catalog.sources').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
};

/** Deactivates first, because the unique index allows only one active row. */
async function activate(database: Kysely<CatalogDatabase>, name: string): Promise<boolean> {
  await database.updateTable('catalog.sources').set({ active: false }).where('active', '=', true).execute();
  const chosen = await database
    .updateTable('catalog.sources')
    .set({ active: true })
    .where('name', '=', name)
    .executeTakeFirst();
  return chosen.numUpdatedRows > 0n;
}

/** Serialises writers, so that two concurrent loads leave one active source and do not fail. */
const lockCatalog = (database: Kysely<CatalogDatabase>): Promise<unknown> =>
  sql`lock table catalog.sources in share row exclusive mode`.execute(database);

async function addSource(database: Kysely<CatalogDatabase>, name: string, detail: SourceDetail): Promise<void> {
  const values = { detail: sql<SourceDetail>`${JSON.stringify(detail)}::jsonb`, loaded_at: sql<Date>`now()` };
  await database
    .insertInto('catalog.sources')
    .values({ name, active: false, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute();
}

/** The catalogue in PostgreSQL, schema `catalog`. The caller ends the pool. */
export function createSourceCatalog(pool: Pool): SourceCatalog {
  const database = createKysely<CatalogDatabase>(pool);
  return {
    async migrate() {
      await migrateSchemas(pool, [catalogSchema]);
    },
    async add(name, detail, options) {
      const checked = checkedName(name);
      await database.transaction().execute(async (transaction) => {
        await lockCatalog(transaction);
        await addSource(transaction, checked, detail);
        if (options.activate) await activate(transaction, checked);
      });
    },
    async active() {
      const row = await database
        .selectFrom('catalog.sources')
        .select('name')
        .where('active', '=', true)
        .executeTakeFirst();
      if (row === undefined) throw sourceNotFound(null, await sourceNames(database));
      return row.name;
    },
    async list() {
      const rows = await database.selectFrom('catalog.sources').selectAll().orderBy('name').execute();
      return rows.map(({ loaded_at: loadedAt, ...row }) => ({ ...row, loadedAt }));
    },
    async use(name) {
      await database.transaction().execute(async (transaction) => {
        await lockCatalog(transaction);
        if (!(await activate(transaction, name))) throw sourceNotFound(name, await sourceNames(transaction));
      });
    },
  };
}
