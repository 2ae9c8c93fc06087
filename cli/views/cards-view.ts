import { join } from 'node:path';
import { PipelineError } from '../../contracts/errors.js';
import type { RunRecord, VersionRecord } from '../../contracts/registry.js';
import type { Services } from '../../composition/services.js';
import { findModel } from '../../models/catalogue.js';
import { writeDurably } from '../../platform/durable-file.js';
import { chooseVersion } from '../../registry/choose-version.js';
import { cardIndex, type IndexedCard } from '../../registry/model-cards/card-index.js';
import { markdownWithStage } from '../../registry/model-cards/present-stage.js';
import { cardFileName, makeCardFolder, writeCard, writeVersionCard } from '../cards/card-files.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext, Connection } from '../program/context.js';
import { formatTime } from '../output/format.js';
import { printText } from '../output/print-text.js';
import { newestOfLines } from './models-view.js';

export interface CardsOptions {
  readonly line?: string;
  /** Of `model`, in its line. */
  readonly version?: string;
  /** So many versions, and so many rejected runs, of each line. */
  readonly limit: number;
}

/** Runs among which rejected ones are looked for. */
const RUNS_EXAMINED = 1000;

interface Card extends IndexedCard {
  readonly path: string | null;
}

/**
 * Writes the cards of versions and rejected runs with their present stages, and for all models an index that sets the
 * versions of each line side by side; prints the paths.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`.
 */
export async function writeCards(cli: CliContext, model: string | undefined, options: CardsOptions): Promise<void> {
  const name = model === undefined ? undefined : (await findModel(model)).name;
  const connection = await cli.connect();
  const cards = await cardsOf(cli, connection, name, options);
  const index = name === undefined ? await writeIndex(cli, cards) : null;
  const listed = cards.map(({ modelName, line, version, stage, workflowId, at, path }) => {
    return { modelName, line, version, stage, workflowId, at, path };
  });
  cli.out.result({ index, cards: listed }, () => printCards(cli, index, cards));
}

async function writeIndex({ config }: CliContext, cards: readonly Card[]): Promise<string> {
  const path = join(await makeCardFolder(config.home), 'index.html');
  writeDurably(path, cardIndex(cards, new Date()));
  return path;
}

async function cardsOf(
  cli: CliContext,
  connection: Connection,
  modelName: string | undefined,
  options: CardsOptions,
): Promise<readonly Card[]> {
  const { registry } = connection.services;
  if (modelName !== undefined && options.version !== undefined) {
    const line = await chooseLine(cli, connection, options.line);
    return [await cardOfVersion(cli, connection.services, await registry.getVersion(modelName, line, options.version))];
  }
  const filter = {
    ...(modelName !== undefined && { modelName }),
    ...(options.line !== undefined && { line: options.line }),
  };
  const versions = newestOfLines(await registry.listVersions(filter), options.limit);
  const rejected = newestOfLines(await rejectedRuns(connection, filter), options.limit);
  const written = await Promise.all([
    ...versions.map((version) => cardOfVersion(cli, connection.services, version)),
    ...rejected.map((run) => cardOfRejected(cli, connection.services, run)),
  ]);
  return written.sort(byModelAndLine);
}

/** Models and lines by name, newest card first. */
const byModelAndLine = (a: Card, b: Card): number =>
  a.modelName.localeCompare(b.modelName) || a.line.localeCompare(b.line) || b.at.getTime() - a.at.getTime();

/** Runs that their gates rejected and that no override registered: they have a card and no version. */
async function rejectedRuns(
  { services }: Connection,
  { line, ...filter }: { readonly modelName?: string; readonly line?: string },
): Promise<readonly RunRecord[]> {
  const runs = await services.registry.listRuns({ ...filter, limit: RUNS_EXAMINED });
  return runs.filter((run) => run.version === null && run.cardHash !== null && (line ?? run.line) === run.line);
}

type Stores = Pick<Services, 'blobs'>;

async function cardOfVersion({ config }: CliContext, { blobs }: Stores, record: VersionRecord): Promise<Card> {
  const { modelName, line, version, stage, workflowId, metrics, registeredAt: at, dataset } = record;
  const path = await writeVersionCard(blobs, config.home, record);
  const fileName = path === null ? null : cardFileName(record);
  return { modelName, line, version, stage, workflowId, at, rows: dataset.rows, metrics, fileName, path };
}

async function cardOfRejected({ config }: CliContext, { blobs }: Stores, run: RunRecord): Promise<Card> {
  const { modelName, line, workflowId, metrics, startedAt: at, dataset, cardHash } = run;
  const key = { modelName, line, version: null, workflowId };
  const path = await writeCard(blobs, config.home, { cardHash, fileName: cardFileName(key), stage: null });
  const fileName = path === null ? null : cardFileName(key);
  return { ...key, stage: null, at, rows: dataset?.rows ?? null, metrics, fileName, path };
}

function printCards({ out }: CliContext, index: string | null, cards: readonly Card[]): void {
  if (cards.length === 0) out.line('There is no card yet: `ml retrain` or `ml train` makes the first ones.');
  else
    out.table({
      head: ['model', 'line', 'version', 'stage', 'trained (UTC)', 'card'],
      rows: cards.map(({ modelName, line, version, stage, at, path }) => [
        modelName,
        line,
        version ?? 'rejected',
        stage ?? '–',
        formatTime(at),
        path ?? 'lost: `ml data repair` says more',
      ]),
    });
  if (index !== null) out.line(`index  ${index}`);
}

/**
 * Prints the card of the champion, or of a version, as Markdown with the version's present stage.
 * @throws PipelineError `UNKNOWN_MODEL`; `VERSION_NOT_FOUND`, also for one without a card; `BLOB_NOT_FOUND` for a lost card.
 */
export async function showCard(
  cli: CliContext,
  model: string,
  wanted: { readonly line?: string; readonly version?: string },
): Promise<void> {
  const { name: modelName } = await findModel(model);
  const connection = await cli.connect();
  const { registry, blobs } = connection.services;
  const line = await chooseLine(cli, connection, wanted.line);
  const { version, stage, runKey } = await chooseVersion(registry, { ...wanted, modelName, line });
  const [run] = await registry.listRuns({ runKey, modelName });
  const hash = run?.cardMarkdownHash ?? null;
  if (hash === null)
    throw new PipelineError('VERSION_NOT_FOUND', `${modelName} ${version} has no card`, { modelName, version });
  const card = markdownWithStage(new TextDecoder().decode(await blobs.get(hash)), stage, new Date());
  cli.out.result({ modelName, line, version, stage, card }, () => printText(cli.out, card));
}
