import type { DatasetRef, DatasetSchema } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';

/**
 * The schema of a stored data set: that of its file format, or the backend's with the name of its line; with the zone of its rows.
 * @throws PipelineError `UNKNOWN_FORMAT` when the model no longer reads the format.
 */
export function schemaOf(model: ModelDefinition, dataset: Omit<DatasetRef, 'hash'>): DatasetSchema {
  const { line, origin, timeZone } = dataset;
  const zone = timeZone === undefined ? {} : { timeZone };
  if (origin.kind === 'snapshot') return { ...model.backend.schema, line, ...zone };
  const format = model.fileFormats.find(({ name }) => name === origin.format);
  if (format !== undefined) return { ...format.schema, ...zone };
  const known = model.fileFormats.map(({ name }) => name);
  throw new PipelineError(
    'UNKNOWN_FORMAT',
    `${model.name} reads ${known.join(', ')}; the data set was imported as ${origin.format}`,
    { modelName: model.name, found: origin.format, known },
  );
}
