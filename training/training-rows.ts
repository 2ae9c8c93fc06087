import type { DatasetSchema, FrozenHoldout } from '../contracts/dataset.js';
import { pipelineError } from '../contracts/errors.js';
import type { Table } from '../contracts/table.js';
import {
  decodeTrainingRows,
  encodeTrainingRows,
  findLeak,
  mergeTrainingRows,
  type RowNames,
  type TrainingRows,
  trainingRowsOf,
} from '../learning/evaluation/split/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { DividedData, HoldoutPart } from './holdout-parts.js';

const groupColumnOf = (holdout: FrozenHoldout): string | null => {
  if (holdout.kind === 'group') return holdout.column;
  return holdout.kind === 'time' ? (holdout.groups?.column ?? null) : null;
};

/**
 * Names by which a part's rows are looked for among training rows. Under a rule by time the groups of the window (the
 * customers) were trained on at earlier times, which is no leak.
 */
export const rowNamesIn = (part: HoldoutPart['name'], { key }: DatasetSchema, holdout: FrozenHoldout): RowNames => ({
  key,
  group: part === 'window' && holdout.kind !== 'group' ? null : groupColumnOf(holdout),
});

export const loadTrainingRows = async (blobs: BlobStore, hash: string): Promise<TrainingRows> =>
  decodeTrainingRows(await blobs.get(hash));

/**
 * Records which rows a model was trained on. A model that continues a champion has learned the champion's rows too, and
 * under a rule by group their groups.
 * @param continued - record of the champion's rows.
 * @returns the record's hash.
 */
export async function storeTrainingRows(
  blobs: BlobStore,
  { schema, table }: { readonly schema: DatasetSchema; readonly table: Table },
  { holdout, continued }: { readonly holdout: FrozenHoldout; readonly continued?: string | undefined },
): Promise<string> {
  const own = trainingRowsOf(table, { key: schema.key, group: groupColumnOf(holdout) });
  const rows = continued === undefined ? own : mergeTrainingRows(own, await loadTrainingRows(blobs, continued));
  const learned = holdout.kind === 'group' ? rows : { keys: rows.keys, groups: own.groups };
  return (await blobs.put(encodeTrainingRows(learned))).hash;
}

/**
 * The leak test of every evaluation: no row of either part was trained on, nor a group that the rule keeps out.
 * @throws PipelineError `HOLDOUT_LEAK`.
 */
export function assertNoLeak(
  { parts, schema }: DividedData,
  rows: TrainingRows,
  { modelName, holdout }: { readonly modelName: string; readonly holdout: FrozenHoldout },
): void {
  for (const { name, title, data } of parts) {
    const leaked = findLeak(data.table, rowNamesIn(name, schema, holdout), rows);
    if (leaked > 0)
      throw pipelineError('HOLDOUT_LEAK', { modelName, part: title, rows: leaked, of: data.table.rowCount });
  }
}
