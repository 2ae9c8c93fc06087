import type { FrozenHoldout } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { LineRecord } from '../contracts/registry.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { appendAudit } from './audit/append.js';
import { ensureExperiment } from './runs.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';

/** Names a line of a model. */
export interface LineKey {
  readonly modelName: string;
  readonly line: string;
}

const selectLine = (database: RegistryDatabase, { modelName, line }: LineKey) =>
  database.selectFrom('lines').selectAll().where('model_name', '=', modelName).where('line', '=', line);

type LineRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectLine>['executeTakeFirst']>>>;

const lineRecord = (row: LineRow): LineRecord => ({
  modelName: row.model_name,
  line: row.line,
  holdout: row.holdout,
  createdAt: row.created_at,
});

const lineNotFound = ({ modelName, line }: LineKey): PipelineError =>
  new PipelineError('INVALID_INPUT', `${modelName} has no line "${line}" yet; its first dataset makes it`, {
    modelName,
    line,
  });

/**
 * Takes the lock of a line until the transaction ends: registrations, promotions and requests of one line run one
 * after the other, those of different lines in parallel.
 * @throws PipelineError `INVALID_INPUT` for a line without holdout.
 */
export async function lockLine(transaction: RegistryTransaction, key: LineKey): Promise<LineRecord> {
  const row = await selectLine(transaction, key).forUpdate().executeTakeFirst();
  if (row === undefined) throw lineNotFound(key);
  return lineRecord(row);
}

export async function findLine(database: RegistryDatabase, key: LineKey): Promise<LineRecord | null> {
  const row = await selectLine(database, key).executeTakeFirst();
  return row === undefined ? null : lineRecord(row);
}

interface HoldoutChange extends LineKey {
  readonly holdout: FrozenHoldout;
  readonly actor: string;
}

async function recordHoldout(transaction: RegistryTransaction, change: HoldoutChange): Promise<void> {
  const { modelName, line, holdout, actor } = change;
  await transaction
    .insertInto('holdout_changes')
    .values({ model_name: modelName, line, holdout: JSON.stringify(holdout), actor })
    .execute();
}

/** Actor of the first holdout, which the schema's split rule determines. */
const FIRST_ACTOR = 'pipeline';

export async function ensureLine(
  database: RegistryDatabase,
  key: LineKey,
  holdout: FrozenHoldout,
): Promise<LineRecord> {
  return database.transaction().execute(async (transaction) => {
    await ensureExperiment(transaction, key.modelName, key.line);
    const created = await transaction
      .insertInto('lines')
      .values({ model_name: key.modelName, line: key.line, holdout: JSON.stringify(holdout) })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created === undefined) return lineRecord(await selectLine(transaction, key).executeTakeFirstOrThrow());
    await recordHoldout(transaction, { ...key, holdout, actor: FIRST_ACTOR });
    return lineRecord(created);
  });
}

/** Repeating the holdout that the line has changes nothing, so a retried step leaves one entry. */
export async function refreezeLine(database: RegistryDatabase, change: HoldoutChange): Promise<LineRecord> {
  return database.transaction().execute(async (transaction) => {
    const current = await lockLine(transaction, change);
    if (hashOfJson(current.holdout) === hashOfJson(change.holdout)) return current;
    await recordHoldout(transaction, change);
    await transaction
      .updateTable('lines')
      .set({ holdout: JSON.stringify(change.holdout) })
      .where('model_name', '=', change.modelName)
      .where('line', '=', change.line)
      .execute();
    const { actor, modelName, line } = change;
    await appendAudit(transaction, { actor, action: 'holdout.renewed', subject: `${modelName}/${line}` });
    return { ...current, holdout: change.holdout };
  });
}
