import { storeDataset } from './dataset-store.js';
import { putJsonBlob } from './json-blob.js';
import type { DataFile } from '../sources/files/read-file.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** Stores a file's table as a dataset in the blob store, which the workers read. @returns the dataset's hash. */
export async function storeTrainingFile(blobs: BlobStore, modelName: string, file: DataFile): Promise<string> {
  const { format, table, fileHash, fileName, remarks, timeZone, dateOrder } = file;
  const described = format.schema.table;
  const schema = described === undefined ? {} : { tableSchemaHash: (await putJsonBlob(blobs, described)).hash };
  const origin = { kind: 'file' as const, fileHash, fileName, format: format.name, ...schema };
  const writing = { ...(timeZone !== undefined && { timeZone }), ...(dateOrder !== undefined && { dateOrder }) };
  const ref = { modelName, line: format.schema.line, origin, ...writing, notes: [...remarks] };
  return (await storeDataset(blobs, { table, schema: { ...format.schema, ...writing }, ref })).hash;
}
