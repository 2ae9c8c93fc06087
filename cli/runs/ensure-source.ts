import { PipelineError } from '../../contracts/errors.js';
import type { CatalogSource } from '../../datasets/sources/catalog.js';
import type { CliContext, Connection } from '../program/context.js';

/** Name of the source that BACKEND_DATABASE_URL points to. */
export const OWN_SOURCE = 'backend';

export interface EnsureSourceOptions {
  /** The source that was named on the command line; absent: the one in use. */
  readonly source?: string | undefined;
  /** What happens where there is no source at all. */
  readonly whenEmpty: 'generate' | 'refuse' | 'remark';
}

/** The parts of the context and of the services that choosing a source needs. */
export type SourceContext = Pick<CliContext, 'config' | 'out'>;
export type SourceConnection = { readonly services: Pick<Connection['services'], 'catalog' | 'backendPool'> };

/**
 * Makes the settings decide which source a training reads: with BACKEND_DATABASE_URL it is `backend`, which is added to
 * the catalogue and put in use; without, the one in use stays, and an empty catalogue gets a generated one if wished.
 * @throws PipelineError `SOURCE_NOT_FOUND` when the source that is meant cannot be read under these settings.
 */
export async function ensureSource(
  cli: SourceContext,
  connection: SourceConnection,
  options: EnsureSourceOptions,
): Promise<void> {
  const sources = await connection.services.catalog.list();
  if (cli.config.backendDatabaseUrl !== null) await useOwn(cli, connection, { sources, named: options.source });
  else await useLocal(cli, connection, { sources, options });
}

interface OwnChoice {
  readonly sources: readonly CatalogSource[];
  readonly named: string | undefined;
}

async function useOwn({ out }: SourceContext, { services }: SourceConnection, choice: OwnChoice): Promise<void> {
  const { sources, named } = choice;
  if (named !== undefined && named !== OWN_SOURCE)
    throw unreadable(named, `BACKEND_DATABASE_URL is set, and only the source ${OWN_SOURCE} is read from there`);
  if (sources.some(({ name, active }) => name === OWN_SOURCE && active)) return;
  const former = sources.find(({ active }) => active)?.name;
  await services.catalog.add(OWN_SOURCE, { origin: 'BACKEND_DATABASE_URL' }, { activate: true });
  const instead = former === undefined ? '' : ` instead of ${former}`;
  out.notice(`source ${OWN_SOURCE} (BACKEND_DATABASE_URL) is now the one in use${instead}`);
}

interface LocalChoice {
  readonly sources: readonly CatalogSource[];
  readonly options: EnsureSourceOptions;
}

async function useLocal(cli: SourceContext, connection: SourceConnection, choice: LocalChoice): Promise<void> {
  const { sources, options } = choice;
  const meant = options.source ?? sources.find(({ active }) => active)?.name;
  if (meant === OWN_SOURCE) throw unreadable(OWN_SOURCE, othersThan(sources));
  if (sources.length > 0) return;
  if (options.whenEmpty === 'generate') await generateDefault(cli, connection);
  else if (options.whenEmpty === 'remark') cli.out.notice(`there is no data source yet: ${waysToData}`);
  else throw new PipelineError('SOURCE_NOT_FOUND', `there is no data source yet: ${waysToData}`, { source: null });
}

const waysToData =
  '`ml retrain` and `ml data generate` make a synthetic one, `ml data import berka <folder>` loads one, and ' +
  'BACKEND_DATABASE_URL names your own database';

function othersThan(sources: readonly CatalogSource[]): string {
  const others = sources.map(({ name }) => name).filter((name) => name !== OWN_SOURCE);
  const instead = others.length === 0 ? '`ml data generate` makes another' : `\`ml data use ${others.join('|')}\``;
  return `BACKEND_DATABASE_URL is not set; set it, or change the source: ${instead}`;
}

const unreadable = (source: string, why: string): PipelineError =>
  new PipelineError('SOURCE_NOT_FOUND', `the source ${source} cannot be read: ${why}`, { source });

async function generateDefault({ out }: SourceContext, { services }: SourceConnection): Promise<void> {
  const { generateBackend, parseGeneratorOptions } = await import('../../datasets/sources/backend/generator/index.js');
  const { users, months } = parseGeneratorOptions({});
  out.notice(`there is no data yet: generating a synthetic backend of ${users} users and ${months} months`);
  const { rows } = await generateBackend(services);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  out.notice(`generated ${total.toLocaleString('en-US')} rows in ${Object.keys(rows).length} tables`);
}
