import type { DatasetRef, DatasetSchema } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { FileFormat } from '../contracts/dataset.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { tableSchema, type TableSchema } from '../contracts/table-schema.js';
import { readJsonBlob } from '../datasets/snapshots/json-blob.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';

type Described = Pick<DatasetRef, 'line' | 'origin' | 'timeZone' | 'dateOrder'>;
type FileOrigin = Extract<DatasetRef['origin'], { kind: 'file' }>;

/**
 * The layout that a schema describes for a model.
 * @throws PipelineError `INVALID_INPUT` for a model that reads its own layouts only, or a schema it cannot learn by.
 */
export function tableFormatOf(model: ModelDefinition, schema: TableSchema): FileFormat {
  if (model.tableFormat !== undefined) return model.tableFormat(schema);
  const { name, fileFormats } = model;
  const layouts = fileFormats.map((format) => format.name);
  const message =
    `${name} learns from layouts of its own (${layouts.join(', ')}), not from a table by --schema; ` +
    'columns of other names are given with --columns map.json';
  throw new PipelineError('INVALID_INPUT', message, { modelName: name, known: layouts });
}

/** The schema that described a file; null for a fixed layout. @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`. */
export async function loadTableSchema(
  blobs: BlobStore,
  { origin }: Pick<DatasetRef, 'origin'>,
): Promise<TableSchema | null> {
  if (origin.kind !== 'file' || origin.tableSchemaHash === undefined) return null;
  return readJsonBlob(blobs, origin.tableSchemaHash, { schema: tableSchema, what: 'table schema' });
}

/**
 * The layout that a file was read by.
 * @throws PipelineError `UNKNOWN_FORMAT` when the model no longer reads it.
 */
export async function formatOf(blobs: BlobStore, model: ModelDefinition, origin: FileOrigin): Promise<FileFormat> {
  const table = await loadTableSchema(blobs, { origin });
  if (table !== null) return tableFormatOf(model, table);
  const format = model.fileFormats.find(({ name }) => name === origin.format);
  if (format !== undefined) return format;
  const known = model.fileFormats.map(({ name }) => name);
  throw new PipelineError(
    'UNKNOWN_FORMAT',
    `${model.name} reads ${known.join(', ')}; the data set was imported as ${origin.format}`,
    { modelName: model.name, found: origin.format, known },
  );
}

/**
 * The schema of a stored data set: that of its file format, or the backend's with the name of its line; with the zone and the
 * order of dates of its rows.
 * @throws PipelineError `UNKNOWN_FORMAT` when the model no longer reads the format.
 */
export async function schemaOf(blobs: BlobStore, model: ModelDefinition, dataset: Described): Promise<DatasetSchema> {
  const { line, origin, timeZone, dateOrder } = dataset;
  const writing = { ...(timeZone !== undefined && { timeZone }), ...(dateOrder !== undefined && { dateOrder }) };
  if (origin.kind === 'snapshot') return { ...model.backend.schema, line, ...writing };
  return { ...(await formatOf(blobs, model, origin)).schema, line, ...writing };
}
