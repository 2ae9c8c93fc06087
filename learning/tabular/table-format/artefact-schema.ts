import { tableSchema, type TableSchema } from '../../../contracts/table-schema.js';
import type { ArtefactFiles } from '../../../contracts/computation.js';
import { readJson } from '../../artefact/index.js';

/** File of an artefact that was trained by a schema. */
export const TABLE_SCHEMA_FILE = 'table.json';

/** The schema that an artefact was trained by; null where a fixed layout described its rows. @throws PipelineError `ARTEFACT_INVALID`. */
export const readTableSchema = (files: ArtefactFiles): TableSchema | null =>
  files[TABLE_SCHEMA_FILE] === undefined ? null : readJson(files, TABLE_SCHEMA_FILE, tableSchema);

/** What reasons and requests call the columns of a schema. */
export const labelsOfTable = ({ columns }: TableSchema): ReadonlyMap<string, string> =>
  new Map(columns.map(({ name, description }) => [name, description ?? name]));
