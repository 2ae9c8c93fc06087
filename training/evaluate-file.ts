import { z } from 'zod';
import { datasetRef, suspiciousLabelRules, type TrainingData } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import { metric, resultTable } from '../contracts/evaluation.js';
import { contentHash, modelName, semanticVersion } from '../contracts/ids.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { tableSchema } from '../contracts/table-schema.js';
import type { Table } from '../contracts/table.js';
import { loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { ENCODINGS } from '../datasets/sources/files/decode-text.js';
import { DATE_ORDERS, momentUnits } from '../datasets/sources/files/moment-readings.js';
import { DECIMAL_SIGNS } from '../datasets/sources/files/number-readings.js';
import type { DataFile } from '../datasets/sources/files/read-file.js';
import { checkTable } from '../datasets/validation/validate-dataset.js';
import { isAccepted } from '../datasets/validation/quality-report.js';
import { unseenRows } from '../learning/evaluation/split/index.js';
import { evaluationFormat, requireFittingSchema } from '../learning/tabular/table-format/index.js';
import { soundRows } from '../datasets/validation/column-checks.js';
import { findModel } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { loadArtefact } from '../registry/artefacts.js';
import { formatOf, loadTableSchema, tableFormatOf } from './dataset-schema.js';
import { loadEvaluation } from './evaluation-document.js';
import { loadTrainingRows } from './training-rows.js';

const units = Object.keys(momentUnits) as (keyof typeof momentUnits)[];

/** `ReadingOptions`, which cross a process boundary. */
const reading = z.strictObject({
  delimiter: z.string().optional(),
  decimal: z.enum(DECIMAL_SIGNS).optional(),
  dateFormat: z.enum([...DATE_ORDERS, ...units]).optional(),
  encoding: z.enum(ENCODINGS).optional(),
  skipLines: z.int().optional(),
  timeZone: z.string().optional(),
  nulls: z.array(z.string()).readonly().optional(),
  columns: z.record(z.string(), z.string()).optional(),
});

const evaluateFileInput = z.strictObject({
  modelName,
  version: semanticVersion,
  artefactHash: contentHash,
  /** Of the version. */
  dataset: datasetRef,
  evaluationHash: contentHash,
  path: z.string(),
  reading,
  /** Describes the second file, where it is not the version's own schema. */
  schema: tableSchema.nullable(),
  /** Zone of the customers' clocks that is configured for the version's line. */
  configuredTimeZone: z.string(),
  seed: z.int(),
  maxRejectedShare: z.number().min(0).max(1),
  suspiciousLabels: z.enum(suspiciousLabelRules),
});
type EvaluateFileInput = z.output<typeof evaluateFileInput>;

const evaluatedFile = z.strictObject({
  fileName: z.string(),
  format: z.string(),
  rows: z.int(),
  metrics: z.array(metric).min(1),
  slices: z.array(z.strictObject({ name: z.string(), metrics: z.array(metric) })),
  tables: z.array(resultTable),
  /** How the file was read, and which of its rows the version knows. */
  remarks: z.array(z.string()),
  notes: z.array(z.string()),
});
export type EvaluatedFile = z.infer<typeof evaluatedFile>;

/** The layout that the version's training file had. @throws PipelineError `INVALID_INPUT` where there was none, or another. */
async function formatFor(blobs: BlobStore, model: ModelDefinition, { dataset, schema, version }: EvaluateFileInput) {
  const { origin, line } = dataset;
  if (origin.kind === 'snapshot') {
    const message =
      `${model.name} ${version} (line ${line}) learned from the rows of a database, which no file holds; ` +
      'name a version that was trained from a file: --line';
    throw new PipelineError('INVALID_INPUT', message, { modelName: model.name, line });
  }
  if (schema === null) return evaluationFormat(await formatOf(blobs, model, origin));
  const learned = await loadTableSchema(blobs, { origin });
  if (learned === null) {
    const message = `${model.name} ${version} was trained from the layout ${origin.format}; give a file of that layout without --schema`;
    throw new PipelineError('INVALID_INPUT', message, { modelName: model.name, line });
  }
  requireFittingSchema(learned, schema, version);
  return evaluationFormat(tableFormatOf(model, schema));
}

/** @throws PipelineError `DATA_REJECTED` with the checks that failed. */
function requireAccepted(
  model: ModelDefinition,
  { fileName }: DataFile,
  data: TrainingData,
  input: EvaluateFileInput,
): void {
  const { maxRejectedShare, suspiciousLabels } = input;
  const { expectations } = model;
  const { report, failed } = checkTable(data, { expectations, settings: { suspiciousLabels } });
  if (isAccepted({ tables: [report], maxRejectedShare, failed })) return;
  const checks = report.failedChecks.map(
    ({ column, check, failedRows, example }) =>
      `${column === null ? '' : `${column}: `}${check}${failedRows > 0 ? ` fails in ${failedRows} rows` : ''}${example === null ? '' : ` (${example})`}`,
  );
  throw new PipelineError('DATA_REJECTED', `${fileName}: ${checks.slice(0, 5).join('; ')}`, { file: fileName, checks });
}

/** Whether the rows of a file have names of their own, by which they are known again. */
const hasKeys = ({ layout, derivedColumns = [], schema }: DataFile['format']): boolean =>
  layout === undefined && !derivedColumns.includes(schema.key);

/** Of a file with parts only one is scored. */
function partRemarks({ format: { schema }, table }: DataFile): string[] {
  const { split } = schema;
  const isDivided = schema.table !== undefined && split.kind === 'given' && hasValues(table, split.column);
  return isDivided ? [`only the rows whose ${split.column} is ${split.heldOut.join(' or ')} are scored`] : [];
}

const hasValues = (table: Table, name: string): boolean =>
  table.columns[name]?.values.some((value: string | number | null) => value !== null) ?? false;

/** Zone of the clocks that the version learned from: UTC for a data set from before zones; the configured one when it is lost. */
async function timeZoneOf(blobs: BlobStore, { dataset, configuredTimeZone }: EvaluateFileInput): Promise<string> {
  const stored = await nullIfLost(loadDatasetRef(blobs, dataset.hash));
  return stored === null ? configuredTimeZone : (stored.timeZone ?? 'UTC');
}

/** On which clocks times without a zone were read, where another zone could be expected. */
function clockRemarks(
  { timeZone }: DataFile,
  learned: string,
  { version, configuredTimeZone }: EvaluateFileInput,
): string[] {
  if (timeZone === undefined) return [];
  const read = `customers' clocks are those of ${timeZone}`;
  if (timeZone !== learned) return [`${read}; version ${version} learned from clocks of ${learned}`];
  if (timeZone === configuredTimeZone) return [];
  return [`${read}, as in the data of version ${version}; configured is ${configuredTimeZone}`];
}

/** What the version knows of these rows already. */
async function learnedRemarks(blobs: BlobStore, file: DataFile, input: EvaluateFileInput): Promise<string[]> {
  const { origin } = input.dataset;
  if (origin.kind === 'file' && origin.fileHash === file.fileHash)
    return ['this is the file that the version was trained from: it has seen most of these rows'];
  const { trainingRowsHash } = await loadEvaluation(blobs, input.evaluationHash);
  if (trainingRowsHash === null || !hasKeys(file.format)) return [];
  const names = { key: file.format.schema.key, group: null };
  const seen =
    file.table.rowCount - unseenRows(file.table, names, await loadTrainingRows(blobs, trainingRowsHash)).length;
  return seen === 0
    ? []
    : [`${seen} of ${file.table.rowCount} rows have the key of a row that the version learned from`];
}

/**
 * Scores a registered version on a file that it was not made for, through the predictor that serves, with the checks of a
 * training file. Stores and registers nothing.
 */
export const evaluateFile = defineJob({
  input: evaluateFileInput,
  output: evaluatedFile,
  async run(input, { blobs, requireSigned, signal, onProgress }) {
    const onStep = stepsOf({ signal, onProgress });
    await onStep('reading the file', 0, 3);
    const model = await findModel(input.modelName);
    await requireSigned?.(input.artefactHash);
    const format = await formatFor(blobs, model, input);
    const learnedTimeZone = await timeZoneOf(blobs, input);
    const file = await readForEvaluation(format, input, learnedTimeZone);
    const zone = file.timeZone === undefined ? {} : { timeZone: file.timeZone };
    const schema = { ...file.format.schema, ...zone };
    await onStep('checking', 1, 3);
    requireAccepted(model, file, { schema, table: file.table }, input);
    const table = soundRows(file.table, schema);
    const data = { schema, table, history: table };
    await onStep('scoring', 2, 3);
    const { files } = await loadArtefact(blobs, input.artefactHash);
    const predictor = await model.predictor(files);
    try {
      const context = { seed: input.seed, signal, onProgress };
      const scored = await model.score(predictor, data, context);
      const { metrics, slices, tables = [], notes } = model.evaluate(scored, data, { ...context, artefact: files });
      const clocks = clockRemarks(file, learnedTimeZone, input);
      const remarks = [...file.remarks, ...clocks, ...partRemarks(file), ...(await learnedRemarks(blobs, file, input))];
      const found = { fileName: file.fileName, format: file.format.name, rows: file.table.rowCount };
      return evaluatedFile.parse({ ...found, metrics, slices, tables, remarks, notes: [...notes, ...predictor.notes] });
    } finally {
      await predictor.close();
    }
  },
});

async function readForEvaluation(
  format: DataFile['format'],
  { path, reading: written }: EvaluateFileInput,
  timeZone: string,
): Promise<DataFile> {
  const { readDataFile } = await import('../datasets/sources/files/read-file.js');
  return readDataFile(path, [format], { ...written, purpose: 'evaluation', timeZoneOf: () => timeZone });
}
