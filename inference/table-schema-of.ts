import { PipelineError } from '../contracts/errors.js';
import type { ModelRegistry } from '../contracts/registry.js';
import type { TableSchema } from '../contracts/table-schema.js';
import { readTableSchema } from '../learning/tabular/table-format/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadArtefact } from '../registry/artefacts.js';
import { chooseVersion, type VersionChoice } from '../registry/choose-version.js';

/**
 * The schema that a version's artefact carries.
 * @throws PipelineError `VERSION_NOT_FOUND`; `INVALID_INPUT` for a version that no schema described; `ARTEFACT_INVALID`.
 */
export async function findTableSchema(
  { registry, blobs }: { readonly registry: ModelRegistry; readonly blobs: BlobStore },
  choice: VersionChoice,
): Promise<TableSchema> {
  const { artefactHash, version } = await chooseVersion(registry, choice);
  const schema = readTableSchema((await loadArtefact(blobs, artefactHash)).files);
  if (schema !== null) return schema;
  const { modelName, line } = choice;
  const message = `${modelName} ${version} (line ${line}) was not trained by a schema`;
  throw new PipelineError('INVALID_INPUT', message, { modelName, line, version });
}
