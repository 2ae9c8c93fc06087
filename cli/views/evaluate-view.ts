import { resolve } from 'node:path';
import type { VersionRecord } from '../../contracts/registry.js';
import { findModel } from '../../models/catalogue.js';
import { customerTimeZone } from '../../platform/config/config.js';
import { chooseVersion } from '../../registry/choose-version.js';
import type { EvaluatedFile } from '../../training/evaluate-file.js';
import { formatEstimate } from '../output/format.js';
import type { Output } from '../output/output.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';
import { type DataFileOptions, readSchemaFile } from '../program/data-file.js';
import { readingOptions } from '../program/reading-options.js';
import { runJob } from '../program/run-job.js';

/** What `ml evaluate` takes. */
export interface EvaluateOptions extends DataFileOptions {
  readonly version?: string;
  readonly line?: string;
  readonly seed: number;
}

type Measured = EvaluatedFile['metrics'][number];

const intervalOf = ({ interval }: Measured): string =>
  interval === undefined ? '' : `${formatEstimate(interval.low)} to ${formatEstimate(interval.high)}`;

const cellsOf = (metric: Measured): readonly string[] => [
  metric.name,
  metric.value === null ? (metric.remark ?? 'not measurable') : formatEstimate(metric.value),
  intervalOf(metric),
  String(metric.n),
  `${metric.direction} is better`,
];

function printSlices(out: Output, { slices }: EvaluatedFile): void {
  if (slices.length === 0) return;
  const rows = slices.flatMap(({ name, metrics }) =>
    metrics.map((metric, i) => [i === 0 ? name : '', ...cellsOf(metric).slice(0, 4)]),
  );
  out.line();
  out.table({ head: ['slice', 'metric', 'value', '95 % interval', 'n'], rows });
}

function printTables(out: Output, { tables }: EvaluatedFile): void {
  for (const { title, caption, columns, rows } of tables) {
    out.line();
    out.line(out.paint.bold(title));
    out.line(caption);
    out.table({ head: columns.map(({ title: name }) => name), rows });
  }
}

function printEvaluation(out: Output, { modelName, version, line, stage }: VersionRecord, found: EvaluatedFile): void {
  out.line(`${modelName} ${version} (line ${line}, ${stage}) on ${found.fileName}: ${found.rows} rows`);
  out.table({ head: ['metric', 'value', '95 % interval', 'n', ''], rows: found.metrics.map(cellsOf) });
  printSlices(out, found);
  printTables(out, found);
  if (found.remarks.length + found.notes.length > 0) out.line();
  for (const remark of [...found.remarks, ...found.notes]) out.line(`  ${remark}`);
}

/**
 * Scores a version on a file and prints metrics, slices and notes. Registers nothing.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, those of reading the file, `DATA_REJECTED`.
 */
export async function evaluateOnFile(
  cli: CliContext,
  name: string,
  options: EvaluateOptions & { readonly dataPath: string },
): Promise<void> {
  const { name: modelName } = await findModel(name);
  const reading = await readingOptions(options);
  const schema = options.schema === undefined ? null : await readSchemaFile(options.schema);
  const connection = await cli.connect();
  const line = await chooseLine(cli, connection, options.line);
  const wanted = options.version === undefined ? {} : { version: options.version };
  const record = await chooseVersion(connection.services.registry, { modelName, line, ...wanted });
  const { customerTimeZones, maxRejectedShare, suspiciousLabels } = cli.config;
  const { version, artefactHash, evaluationHash, dataset } = record;
  const found = await runJob(cli, 'evaluateFile', {
    ...{
      modelName,
      version,
      artefactHash,
      evaluationHash,
      dataset,
      schema,
      reading,
      maxRejectedShare,
      suspiciousLabels,
    },
    path: resolve(options.dataPath),
    configuredTimeZone: customerTimeZone(customerTimeZones, line),
    seed: options.seed,
  });
  if (found === null) return;
  cli.out.result({ model: modelName, version, line, stage: record.stage, ...found }, () =>
    printEvaluation(cli.out, record, found),
  );
}
