import { resolve } from 'node:path';
import { writeDurably } from '../../platform/durable-file.js';
import { PipelineError } from '../../contracts/errors.js';
import type { DataQuality } from '../../contracts/dataset.js';
import { requireLatestSnapshot } from '../../datasets/snapshots/snapshot-log.js';
import { generateBackend, type GeneratorOptions } from '../../datasets/sources/backend/generator/index.js';
import { reportDifficulty as judgeDifficulty, type TaskReport } from '../../datasets/sources/backend/report/report.js';
import { importBerka } from '../../datasets/sources/berka/import.js';
import { findTableFiles } from '../../datasets/sources/folder/find-files.js';
import { folderSource, importFolder } from '../../datasets/sources/folder/import.js';
import type { CatalogSource } from '../../datasets/sources/catalog.js';
import { expectationsInForce } from '../../datasets/validation/expectations/parse-expectations.js';
import { validateSnapshot } from '../../datasets/validation/validate-snapshot.js';
import { findSnapshot } from '../../datasets/versions/find-snapshot.js';
import type { CliContext } from '../program/context.js';
import { formatTime, formatValue, shortHash } from '../output/format.js';

export interface GenerateOptions {
  readonly users?: number;
  readonly months?: number;
  readonly seed?: number;
  readonly until?: string;
  readonly report?: boolean;
}

const settingsOf = ({ users, months, seed, until }: GenerateOptions): GeneratorOptions => ({
  users,
  months,
  seed,
  until,
});

const counted = (rows: Readonly<Record<string, number>>): [string, string][] =>
  Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => [table, count.toLocaleString('en-US')]);

function printLoaded(cli: CliContext, source: string, rows: Readonly<Record<string, number>>): void {
  cli.out.table({ head: ['table', 'rows'], rows: counted(rows), right: ['rows'] });
  cli.out.line();
  cli.out.line(`source ${source} is now the one in use; \`ml data use <name>\` changes that`);
}

/** Refuses to write to the database of BACKEND_DATABASE_URL. @throws PipelineError `INVALID_CONFIG`. */
function refuseForeignBackend({ config }: CliContext): void {
  if (config.backendDatabaseUrl === null) return;
  const wanted = 'unset it (and use another ML_HOME) to work on generated or imported rows';
  throw new PipelineError('INVALID_CONFIG', `BACKEND_DATABASE_URL names a database that is only read; ${wanted}`);
}

/** Fills the source `generated`. @throws PipelineError `INVALID_INPUT`. */
export async function generate(cli: CliContext, options: GenerateOptions): Promise<void> {
  refuseForeignBackend(cli);
  const { services } = await cli.connect();
  const progress = cli.out.progress();
  const { source, settings, rows } = await generateBackend(services, settingsOf(options), (done) => {
    if (done % 50 === 0) progress.update([`generated ${done} customers`]);
  });
  progress.done();
  cli.out.result({ source, settings, synthetic: true, rows }, () => printLoaded(cli, source, rows));
}

const points = (score: number): string => `${(100 * score).toFixed(1)} %`;

const reportRow = (report: TaskReport): string[] => [
  report.task,
  report.metric,
  `${report.direction === 'higher' ? '>' : '<'} ${points(report.target)}`,
  `${points(report.trivial.score)} ${report.trivial.name}`,
  points(report.oracle.score),
  String(report.holdoutRows),
  report.asDesigned ? 'yes' : 'NO',
];

/** Prints how hard the generated data are; nothing is loaded. Exit code 1 when a task is not as designed. */
export async function reportDifficulty(cli: CliContext, options: GenerateOptions): Promise<void> {
  const reports = await judgeDifficulty(settingsOf(options));
  if (reports.some(({ asDesigned }) => !asDesigned)) cli.exitWith(1);
  cli.out.result(reports, () => {
    const head = ['task', 'metric', 'target', 'trivial model', 'oracle', 'holdout rows', 'as designed'];
    cli.out.table({ head, rows: reports.map(reportRow), right: ['oracle', 'holdout rows'] });
    cli.out.line();
    cli.out.line(
      'synthetic data; as designed = the trivial model misses the target by 3 points, the oracle exceeds it',
    );
  });
}

export interface ImportOptions {
  readonly name?: string;
}

interface ImportRequest extends ImportOptions {
  readonly layout: string;
  readonly folder: string;
}

const layouts = ['folder', 'berka'];

/** Loads files as a source. @throws PipelineError `INVALID_INPUT` for an unknown layout; what the import throws. */
export async function importData(cli: CliContext, { layout, folder, name }: ImportRequest): Promise<void> {
  if (!layouts.includes(layout)) {
    const known = layouts.join(', ');
    throw new PipelineError('INVALID_INPUT', `there is no layout "${layout}"; known: ${known}`, { known: layouts });
  }
  if (layout === 'berka' && name !== undefined)
    throw new PipelineError('INVALID_INPUT', 'the source of the layout berka is called berka; leave --name out');
  refuseForeignBackend(cli);
  await (layout === 'berka' ? loadBerka(cli, folder) : loadFolder(cli, folder, name));
}

async function loadBerka(cli: CliContext, folder: string): Promise<void> {
  const { services } = await cli.connect();
  const { source, rows, badLoans } = await importBerka(services, folder);
  cli.out.result({ source, rows, badLoans }, () => {
    printLoaded(cli, source, rows);
    cli.out.line(`${rows.loans} loans, ${badLoans} of them bad (ended unpaid, or running in debt)`);
  });
}

async function loadFolder(cli: CliContext, folder: string, name: string | undefined): Promise<void> {
  const source = folderSource(folder, name);
  await findTableFiles(folder); // before anything is started
  const { services } = await cli.connect();
  const loaded = await importFolder(services, folder, source);
  cli.out.result(loaded, () => {
    printLoaded(cli, source, loaded.rows);
    if (loaded.absent.length > 0)
      cli.out.line(`empty, as the folder has no files of them: ${loaded.absent.join(', ')}`);
  });
}

const describeDetail = (detail: CatalogSource['detail']): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(', ');

/** Lists the sources. */
export async function listSources(cli: CliContext): Promise<void> {
  const { services } = await cli.connect();
  const sources = await services.catalog.list();
  cli.out.result(sources, () => {
    const rows = sources.map(({ name, active, loadedAt, detail }) => {
      return [name, active ? 'in use' : '', formatTime(loadedAt), describeDetail(detail)];
    });
    if (rows.length > 0) cli.out.table({ head: ['source', '', 'loaded (UTC)', 'what'], rows });
    else cli.out.line('no source yet: `ml data generate` or `ml data import berka <folder>`');
  });
}

/** Makes a source the one in use. @throws PipelineError `SOURCE_NOT_FOUND`. */
export async function useSource(cli: CliContext, source: string): Promise<void> {
  const { services } = await cli.connect();
  await services.catalog.use(source);
  cli.out.result({ source }, () => cli.out.line(`source ${source} is now the one in use`));
}

export interface ValidateOptions {
  readonly source?: string;
  readonly snapshot?: string;
  readonly expectations?: string;
  readonly html?: string;
}

/** Hash of the snapshot that was named, else of the newest of the source. @throws PipelineError `DATASET_NOT_FOUND`. */
export async function chosenSnapshot(
  cli: CliContext,
  { source, snapshot }: Pick<ValidateOptions, 'source' | 'snapshot'>,
): Promise<string> {
  const { services } = await cli.connect();
  const name = source ?? (await services.catalog.active());
  if (snapshot === undefined) {
    return (await requireLatestSnapshot(services.snapshotLog, name)).hash;
  }
  return (await findSnapshot(services.snapshotLog, snapshot)).hash;
}

function printQuality(cli: CliContext, snapshotHash: string, quality: DataQuality): void {
  const { passed, rejectedRows, checkedRows, failedChecks } = quality;
  const verdict = passed ? 'passed' : 'rejected';
  cli.out.line(`snapshot ${shortHash(snapshotHash)} ${verdict}: ${rejectedRows} of ${checkedRows} rows have a fault`);
  if (failedChecks.length === 0) return;
  const rows = failedChecks.map(({ table, column, check, failedRows, example }) => {
    return [table, column ?? '', check, String(failedRows), example ?? ''];
  });
  cli.out.table({ head: ['table', 'column', 'check', 'rows', 'first'], rows, right: ['rows'] });
}

/** Validates a stored snapshot. @throws PipelineError `DATASET_NOT_FOUND`, `EXPECTATIONS_INVALID`, `FILE_NOT_READABLE`. */
export async function validate(cli: CliContext, options: ValidateOptions): Promise<void> {
  const { services } = await cli.connect();
  const snapshotHash = await chosenSnapshot(cli, options);
  const { maxRejectedShare } = cli.config;
  const expectations = await expectationsInForce(cli.config, options.expectations ?? null);
  const quality = await validateSnapshot({ blobs: services.blobs, snapshotHash, maxRejectedShare, expectations });
  if (!quality.passed) cli.exitWith(3);
  if (options.html !== undefined) {
    const { renderDataReport } = await import('../../registry/data-report/data-report.js');
    writeDurably(resolve(options.html), await renderDataReport(services.blobs, snapshotHash, quality));
  }
  cli.out.result({ snapshotHash, ...quality }, () => printQuality(cli, snapshotHash, quality));
}
