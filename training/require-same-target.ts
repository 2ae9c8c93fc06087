import type { DatasetSchema, FrozenHoldout, SplitRule } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { TableSchema } from '../contracts/table-schema.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { ModelRegistry } from '../contracts/registry.js';
import { loadTableSchema } from './dataset-schema.js';

interface Stores {
  readonly registry: Pick<ModelRegistry, 'findLine' | 'findChampion'>;
  readonly blobs: BlobStore;
}

/** What a rule divides rows by. */
const rowsBy = ({ kind, column }: FrozenHoldout | SplitRule): string =>
  kind === 'given' ? `the parts in ${column}` : column;

const targetOf = ({ label, positive }: TableSchema): string =>
  label === undefined ? 'no label' : `${label}${positive === undefined ? '' : ` = ${positive}`}`;

/** The first thing in which a schema differs from its line so far; null when it may join it. */
async function differenceOf(
  { registry, blobs }: Stores,
  modelName: string,
  schema: DatasetSchema,
): Promise<string | null> {
  const known = await registry.findLine(modelName, schema.line);
  if (known !== null && rowsBy(known.holdout) !== rowsBy(schema.split))
    return `holds out rows by ${rowsBy(known.holdout)}, and the schema by ${rowsBy(schema.split)}`;
  const champion = await registry.findChampion(modelName, schema.line);
  const before = champion === null ? null : await loadTableSchema(blobs, champion.dataset);
  if (before === null || schema.table === undefined || targetOf(before) === targetOf(schema.table)) return null;
  return `predicts ${targetOf(before)}, and the schema names ${targetOf(schema.table)}`;
}

/**
 * Versions of a line are compared with each other, so they must have the same target and the same held-out rows. Other
 * features are a change like any other.
 * @throws PipelineError `INVALID_INPUT` for a schema that has the name of another one.
 */
export async function requireSameTarget(stores: Stores, modelName: string, schema: DatasetSchema): Promise<void> {
  if (schema.table === undefined) return;
  const difference = await differenceOf(stores, modelName, schema);
  if (difference === null) return;
  const { line, table } = schema;
  const message = `the line ${line} of ${modelName} ${difference}; give the schema another name than "${table.name}"`;
  throw new PipelineError('INVALID_INPUT', message, { modelName, line });
}
