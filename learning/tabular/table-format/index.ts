export { evaluationFormat, requireFittingSchema } from './evaluation-format.js';
export { OUTCOME_KINDS, requireOutcomeLabel } from './outcome-label.js';
export { ROW_NUMBER, tableFileFormat, type TableUse } from './table-file-format.js';
export { labelsOfTable, readTableSchema, TABLE_SCHEMA_FILE } from './artefact-schema.js';
