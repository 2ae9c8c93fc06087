import { PipelineError } from '../../contracts/errors.js';
import { isSynthetic, SYNTHETIC_LINE, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { PromotionRequest, TransitionRecord, VersionRecord } from '../../contracts/registry.js';
import { findModel, loadCatalogue } from '../../models/catalogue.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';
import { differenceTable } from '../output/difference.js';
import { formatMetric, formatTime, overrideSentence, shortHash } from '../output/format.js';
import { lineHint, linesOf } from '../../registry/missing-version.js';
import { readImportance } from '../../registry/importance.js';
import { importanceTable } from './importance.js';
import type { DescribedParameter } from '../program/hyper-parameters.js';
import { describeParams } from '../program/hyper-parameters.js';
import type { Output } from '../output/output.js';
import type { HumanTable } from '../output/table.js';

const versionHead = ['version', 'stage', 'metric (95 % interval)', 'rows', 'data', 'registered (UTC)', 'run'];

export interface ListOptions {
  readonly model?: string;
  readonly line?: string;
  readonly limit: number;
  /** A version of the named line: those before it. */
  readonly after?: string;
}

/**
 * Prints every model with the newest versions of each line, or the page of a line behind a version.
 * @throws PipelineError `UNKNOWN_MODEL`; `VERSION_NOT_FOUND` for a line without versions, with the known lines.
 */
export async function listModels(cli: CliContext, { model, line, limit, after }: ListOptions): Promise<void> {
  const models = model === undefined ? await loadCatalogue() : [await findModel(model)];
  const filter = model === undefined ? {} : { modelName: model };
  const { services } = await cli.connect();
  // One more than is shown, to tell that there are others.
  const older = after === undefined ? {} : { olderThan: after };
  const all = await services.registry.listVersions({ ...filter, ...older, newestPerLine: limit + 1 });
  const read = line === undefined ? all : ofLine(all, line, after);
  const versions = newestOfLines(read, limit);
  const next = linesWithMore(read, limit);
  const open = await services.registry.listPromotionRequests({ ...filter, status: 'open' });
  const requests = open.filter((request) => line === undefined || request.line === line);
  const names = models.map(({ name, task, owner }) => ({ name, task, owner }));
  cli.out.result({ models: names, versions, next, awaitingApproval: requests }, () => {
    cli.out.table({
      head: ['model', 'line', ...versionHead],
      rows: models.flatMap((model) => rowsOf(model, versions)),
    });
    for (const { modelName, line: name, after: last } of next)
      cli.out.line(`there are older versions: ml models list --model ${modelName} --line ${name} --after ${last}`);
    if (versions.some(({ line }) => isSynthetic(line))) cli.out.line(cli.out.paint.yellow(SYNTHETIC_FOOTNOTE));
    printRequests(cli.out, requests);
  });
}

/** The first `limit` versions of each line. */
export function newestOfLines<V extends Pick<VersionRecord, 'modelName' | 'line'>>(
  versions: readonly V[],
  limit: number,
): readonly V[] {
  const seen = new Map<string, number>();
  return versions.filter(({ modelName, line }) => {
    const count = (seen.get(`${modelName}/${line}`) ?? 0) + 1;
    seen.set(`${modelName}/${line}`, count);
    return count <= limit;
  });
}

type ListedVersion = Pick<VersionRecord, 'modelName' | 'line' | 'version'>;

/** Lines of which more than `limit` versions were read, each with the last version that is shown. */
export function linesWithMore(
  versions: readonly ListedVersion[],
  limit: number,
): { readonly modelName: string; readonly line: string; readonly after: string }[] {
  const nameOf = ({ modelName, line }: ListedVersion): string => `${modelName}/${line}`;
  const shown = newestOfLines(versions, limit);
  const last = new Map(shown.map((version) => [nameOf(version), version]));
  const isShown = new Set(shown);
  const cut = new Set(versions.filter((version) => !isShown.has(version)).map(nameOf));
  return [...last.values()]
    .filter((version) => cut.has(nameOf(version)))
    .map(({ modelName, line, version }) => ({ modelName, line, after: version }));
}

/** Versions of a line; the page behind its oldest version is empty. @throws PipelineError `VERSION_NOT_FOUND`. */
const ofLine = (versions: readonly VersionRecord[], line: string, after: string | undefined) =>
  after !== undefined && !versions.some((version) => version.line === line) ? [] : versionsOfLine(versions, line);

/** @throws PipelineError `VERSION_NOT_FOUND` when there is none, with the lines that have versions. */
function versionsOfLine(versions: readonly VersionRecord[], line: string): readonly VersionRecord[] {
  const own = versions.filter((version) => version.line === line);
  if (own.length > 0) return own;
  const known = linesOf(versions);
  throw new PipelineError('VERSION_NOT_FOUND', `the line "${line}" has no version; ${lineHint(line, known)}`, {
    line,
    lines: known,
  });
}

const SYNTHETIC_FOOTNOTE = `line ${SYNTHETIC_LINE} = ${SYNTHETIC_REMARK} of the generator`;

function rowsOf({ name }: ModelDefinition, versions: readonly VersionRecord[]): string[][] {
  const own = versions.filter(({ modelName }) => modelName === name);
  if (own.length === 0) return [[name, '–', 'none yet', ...versionHead.slice(1).map(() => '–')]];
  return own.map((version) => [name, version.line, ...versionCells(version)]);
}

function versionCells({ version, stage, metrics, dataset, registeredAt, workflowId }: VersionRecord): string[] {
  const metric = metrics[0] ? formatMetric(metrics[0]) : '–';
  return [version, stage, metric, String(dataset.rows), originOf(dataset), formatTime(registeredAt), workflowId];
}

const originOf = ({ origin }: VersionRecord['dataset']): string =>
  origin.kind === 'file' ? origin.fileName : `${origin.source} ${shortHash(origin.snapshotHash)}`;

function printRequests(out: Output, requests: readonly PromotionRequest[]): void {
  for (const { modelName, line, version, toStage, requestedBy } of requests) {
    const demo = isSynthetic(line) ? ' --demo' : '';
    out.line();
    out.line(`${modelName} ${line} ${version} awaits approval for ${toStage}, asked for by ${requestedBy}:`);
    out.line(`  ml approve ${modelName} --approver <name> --reason <why>${demo}`);
  }
}

/** Prints a model's definition, its versions and their transitions. @throws PipelineError `UNKNOWN_MODEL`. */
export async function showModel(cli: CliContext, name: string, namedLine: string | undefined): Promise<void> {
  const model = await findModel(name);
  const connection = await cli.connect();
  const { services } = connection;
  const line = await chooseLine(cli, connection, namedLine);
  const all = await services.registry.listVersions({ modelName: name });
  const versions = namedLine === undefined ? all.filter((version) => version.line === line) : versionsOfLine(all, line);
  const transitions = await services.registry.listTransitions(name, line);
  const champion = await services.registry.findChampion(name, line);
  const about = { name, line, task: model.task, owner: model.owner, card: model.card, gates: model.gates };
  const params = describeParams(model);
  const document = { ...about, params, champion: champion?.version ?? null, versions, transitions };
  cli.out.result(document, () => {
    printDefinition(cli.out, model);
    printVersions(cli.out, { line, versions, champion });
    printTransitions(cli.out, transitions);
  });
}

function printDefinition(out: Output, model: ModelDefinition): void {
  out.line(`${out.paint.bold(model.name)}  ${model.task}, owner ${model.owner}`);
  out.line(model.card.purpose);
  out.line();
  out.table(parameterTable(describeParams(model)));
  out.line();
  const formats = model.fileFormats.map(({ name, description }) => [name, description]);
  out.table({ head: ['file format', 'meaning'], rows: formats });
}

/** Descriptions are optional in a schema; a column without any is left out. */
function parameterTable(params: readonly DescribedParameter[]): HumanTable {
  const head = ['hyper-parameter', 'default'];
  if (params.every(({ description }) => description === ''))
    return { head, rows: params.map(({ name, initial }) => [name, initial]) };
  return {
    head: [...head, 'meaning'],
    rows: params.map(({ name, initial, description }) => [name, initial, description]),
  };
}

interface ShownLine {
  readonly line: string;
  readonly versions: readonly VersionRecord[];
  readonly champion: VersionRecord | null;
}

function printVersions(out: Output, { line, versions, champion }: ShownLine): void {
  out.line();
  out.line(`line ${line}${isSynthetic(line) ? out.paint.yellow(` (${SYNTHETIC_REMARK})`) : ''}`);
  if (versions.length === 0) {
    out.line('No version in this line yet.');
    return;
  }
  out.table({ head: versionHead, rows: versions.map(versionCells) });
  if (champion !== null) out.line(`champion: ${champion.version} (${champion.stage})`);
  for (const { version, override } of versions)
    if (override !== null) out.line(`${version} ${overrideSentence(override)}`);
}

function printTransitions(out: Output, transitions: readonly TransitionRecord[]): void {
  if (transitions.length === 0) return;
  out.line();
  const rows = transitions.map(({ at, version, from, to, demo, actor, reason }) => [
    formatTime(at),
    version,
    (from === null ? to : `${from} → ${to}`) + (demo ? ' (demo)' : ''),
    actor,
    reason,
  ]);
  out.table({ head: ['when (UTC)', 'version', 'transition', 'by', 'reason'], rows });
}

/**
 * Prints two versions side by side, with the importance of features where their artefacts keep it.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`.
 */
export async function diffVersions(
  cli: CliContext,
  wanted: { readonly model: string; readonly line?: string; readonly first: string; readonly second: string },
): Promise<void> {
  const { name } = await findModel(wanted.model);
  const connection = await cli.connect();
  const { services } = connection;
  const line = await chooseLine(cli, connection, wanted.line);
  const first = await services.registry.getVersion(name, line, wanted.first);
  const second = await services.registry.getVersion(name, line, wanted.second);
  const [before, after] = await Promise.all(
    [first, second].map(({ artefactHash }) => readImportance(services.blobs, artefactHash)),
  );
  const importance = { first: before ?? null, second: after ?? null };
  cli.out.result({ first, second, importance }, () => {
    cli.out.table(differenceTable([first.version, second.version], [first, second]));
    const table = importanceTable([first.version, second.version], [importance.first, importance.second]);
    if (table === null) return;
    cli.out.line();
    cli.out.table(table);
  });
}
