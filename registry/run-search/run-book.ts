import { sql } from 'kysely';
import type pg from 'pg';
import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';
import type { FoundRun, MetricStep, RunAnnotations, RunBook, RunNote } from '../../contracts/run-book.js';
import { createKysely } from '../../platform/postgres/pool.js';
import { withDatabaseFaults } from '../../platform/postgres/with-database-faults.js';
import { listRunsByKeys } from '../runs.js';
import { keyColumns, requireRun, type RunKey } from '../run-queries.js';
import type { RegistryDatabase, RegistryTables } from '../tables.js';
import { searchRuns } from './search-runs.js';
import { UNSTORABLE } from './tokens.js';

/** Steps of a statement: four parameters each, of the 65,535 that PostgreSQL takes. */
const STEPS_AT_ONCE = 5_000;

const tagName = z.string().regex(/^[\p{L}_][\p{L}\p{N}_.:-]{0,99}$/u, 'a letter, then letters, digits, "_", ".", ":" or "-"; at most 100 characters'); // prettier-ignore
const storable = z.string().refine((text) => !UNSTORABLE.test(text), 'no NUL and no half of a surrogate pair');
const tagValue = storable.max(500, 'at most 500 characters');
const noteText = storable.trim().min(1, 'a note has a text').max(10_000, 'at most 10,000 characters');

function checked<Value>(schema: z.ZodType<Value>, what: string, given: unknown): Value {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const length = typeof given === 'string' ? `; this has ${given.length} characters` : '';
  throw new PipelineError('INVALID_INPUT', `${what}: ${parsed.error.issues[0]!.message}${length}`);
}

/** Searching and annotating runs. Methods throw `SERVICE_UNAVAILABLE` when PostgreSQL is away. */
export function createRunBook(pool: pg.Pool): RunBook {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<RunBook>({
    async search(search) {
      const { keys, more } = await searchRuns(database, search);
      return { runs: await foundRuns(database, keys), more };
    },
    recordSteps: (key, steps) => recordSteps(database, key, steps),
    listSteps: (key) => listSteps(database, key),
    annotations: (key) => annotationsOf(database, key),
    tag: (key, tags, by) => setTags(database, key, { tags, by }),
    note: (key, note, by) => addNote(database, key, { note, by }),
  });
}

async function foundRuns(
  database: RegistryDatabase,
  keys: readonly (RunKey & { readonly cursor: string })[],
): Promise<FoundRun[]> {
  const records = await listRunsByKeys(database, keys);
  const tags = await tagsOf(database, keys);
  const cursors = new Map(keys.map((key) => [nameOf(key), key.cursor]));
  return records.map((run) => ({ ...run, tags: tags.get(nameOf(run)) ?? {}, cursor: cursors.get(nameOf(run))! }));
}

const nameOf = ({ runKey, modelName }: RunKey): string => `${runKey} ${modelName}`;

async function tagsOf(database: RegistryDatabase, keys: readonly RunKey[]) {
  const found = new Map<string, Record<string, string>>();
  if (keys.length === 0) return found;
  const rows = await database
    .selectFrom('run_tags')
    .select(['run_key as runKey', 'model_name as modelName', 'name', 'value'])
    .where('run_key', 'in', [...new Set(keys.map(({ runKey }) => runKey))])
    .orderBy('name')
    .execute();
  for (const { name, value, ...key } of rows) found.set(nameOf(key), { ...found.get(nameOf(key)), [name]: value });
  return found;
}

/** A repeated step replaces what an attempt before it has recorded. */
async function recordSteps(database: RegistryDatabase, key: RunKey, steps: readonly MetricStep[]): Promise<void> {
  for (let start = 0; start < steps.length; start += STEPS_AT_ONCE) {
    const rows = steps
      .slice(start, start + STEPS_AT_ONCE)
      .map(({ name, step, value, at }) => ({ ...keyColumns(key), name, step, value, at }));
    await database
      .insertInto('run_metric_steps')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['run_key', 'model_name', 'name', 'step'])
          .doUpdateSet({ value: sql<number>`excluded.value`, at: sql<Date | null>`excluded.at` }),
      )
      .execute();
  }
}

async function listSteps(database: RegistryDatabase, { runKey, modelName }: RunKey): Promise<MetricStep[]> {
  return database
    .selectFrom('run_metric_steps')
    .select(['name', 'step', 'value', 'at'])
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .orderBy('name')
    .orderBy('step')
    .execute();
}

async function annotationsOf(database: RegistryDatabase, { runKey, modelName }: RunKey): Promise<RunAnnotations> {
  const tags = await database
    .selectFrom('run_tags')
    .select(['name', 'value'])
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .orderBy('name')
    .execute();
  const notes = await database
    .selectFrom('run_notes')
    .select(['note', 'written_by as by', 'written_at as at'])
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .orderBy('id')
    .execute();
  return { tags: Object.fromEntries(tags.map(({ name, value }) => [name, value])), notes };
}

interface TagOrder {
  readonly tags: Readonly<Record<string, string | null>>;
  readonly by: string;
}

/** All or none; null removes a tag. In order of names, so that two calls for one run wait for each other and not in a circle. */
async function setTags(database: RegistryDatabase, key: RunKey, { tags, by }: TagOrder): Promise<void> {
  const checkedTags = Object.entries(tags).map(([name, value]) => ({
    name: checked(tagName, `tag "${name.slice(0, 40)}"`, name),
    value: value === null ? null : checked(tagValue, `tag ${name}`, value),
  }));
  checkedTags.sort((a, b) => (a.name < b.name ? -1 : 1));
  await database.transaction().execute(async (transaction) => {
    await requireRun(transaction, key);
    for (const { name, value } of checkedTags) {
      if (value === null) await removeTag(transaction, key, name);
      else {
        const set = { value, set_by: by, set_at: sql<Date>`clock_timestamp()` };
        await transaction
          .insertInto('run_tags')
          .values({ ...keyColumns(key), name, value, set_by: by })
          .onConflict((conflict) => conflict.columns(['run_key', 'model_name', 'name']).doUpdateSet(set))
          .execute();
      }
    }
  });
}

const removeTag = (database: RegistryDatabase, { runKey, modelName }: RunKey, name: string) =>
  database
    .deleteFrom('run_tags')
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .where('name', '=', name)
    .execute();

async function addNote(
  database: RegistryDatabase,
  key: RunKey,
  given: { readonly note: string; readonly by: string },
): Promise<RunNote> {
  const note = checked(noteText, 'note', given.note);
  await requireRun(database, key);
  return database
    .insertInto('run_notes')
    .values({ ...keyColumns(key), note, written_by: given.by })
    .returning(['note', 'written_by as by', 'written_at as at'])
    .executeTakeFirstOrThrow();
}
