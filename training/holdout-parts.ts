import type { DatasetRef, DatasetSchema, FrozenHoldout, TrainingData } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { soundRows } from '../datasets/validation/column-checks.js';
import { requireAtLeast } from '../learning/checks.js';
import { type DividedTable, splitHoldout } from '../learning/evaluation/split/index.js';
import { concatTables } from '../learning/table.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { schemaOf } from './dataset-schema.js';

/** Rows that judge a version: those that no version is ever trained on, or the newest ones. May be empty. */
export interface HoldoutPart {
  readonly name: 'frozen' | 'window';
  /** For sentences: `frozen part`, `newest window`. */
  readonly title: string;
  /** With the whole data set as `history`. */
  readonly data: TrainingData;
}

/** A data set divided by the line's holdout. */
export interface DividedData {
  readonly schema: DatasetSchema;
  readonly train: TrainingData;
  /** Frozen part, then newest window. */
  readonly parts: readonly HoldoutPart[];
  /** Milliseconds; null for a holdout without a window. */
  readonly windowStart: number | null;
}

/**
 * Divides a data set. Rows that validation counts as bad, up to its share, are neither learned from nor judge: no request
 * may have such values (docs/evaluation.md).
 * @throws PipelineError `TOO_FEW_ROWS` when the data set or the training rows are too few, or no row judges.
 */
export async function loadDivided(
  blobs: BlobStore,
  model: ModelDefinition,
  { dataset, holdout }: { readonly dataset: DatasetRef; readonly holdout: FrozenHoldout },
): Promise<DividedData> {
  const schema = await schemaOf(blobs, model, dataset);
  const table = soundRows((await loadDataset(blobs, dataset.hash)).table, schema);
  requireRows(model, 'rows', table.rowCount, schema.minimumRows);
  const divided = splitHoldout(holdout, table);
  const { train, windowStart } = divided;
  requireRows(model, 'rows outside the holdout', train.rowCount, 1);
  if (divided.holdout.rowCount === 0) throw emptyHoldout(model, schema.line);
  return { schema, train: { schema, table: train }, parts: holdoutParts({ schema, table }, divided), windowStart };
}

/** The parts of a divided data set. @param data - all its rows. */
export const holdoutParts = (
  { schema, table: history }: TrainingData,
  { frozen, window }: Pick<DividedTable, 'frozen' | 'window'>,
): readonly HoldoutPart[] => [
  { name: 'frozen', title: 'frozen part', data: { schema, table: frozen, history } },
  { name: 'window', title: 'newest window', data: { schema, table: window, history } },
];

/** A line that was frozen before there was a window holds out rows from a fixed cut on; older data have none. */
function emptyHoldout({ name }: ModelDefinition, line: string): PipelineError {
  const remedy = `\`ml models refreeze ${name} --line ${line}\` freezes it anew for this data`;
  const message = `${name}: no row lies in the holdout that line ${line} froze with its first data; ${remedy}`;
  return new PipelineError('TOO_FEW_ROWS', message, { modelName: name, line, found: 0, wanted: 1 });
}

const requireRows = ({ name }: ModelDefinition, what: string, found: number, wanted: number): void =>
  requireAtLeast(what, found, wanted, { modelName: name, found, wanted });

/** The rows of several parts as one holdout, in order. */
export function poolParts(parts: readonly Pick<HoldoutPart, 'data'>[]): TrainingData {
  const [first] = parts.map(({ data }) => data);
  return { ...first!, table: concatTables(parts.map(({ data }) => data.table)) };
}
