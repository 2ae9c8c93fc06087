import { PipelineError } from '../../contracts/errors.js';
import type { GeneratorStores } from './backend/generator/index.js';
import type { CatalogSource, SourceCatalog } from './catalog.js';

/** Name of the source that BACKEND_DATABASE_URL points to. */
export const OWN_SOURCE = 'backend';

export interface EnsureSourceOptions {
  /** The source that the caller named; absent: the one in use. */
  readonly source?: string | undefined;
  /** What happens where there is no source at all. */
  readonly whenEmpty: 'generate' | 'refuse' | 'remark';
}

/** Stores that choosing a source needs. */
export interface SourceStores extends GeneratorStores {
  readonly catalog: Pick<SourceCatalog, 'add' | 'list'>;
}

export interface SourceSettings {
  /** True when BACKEND_DATABASE_URL is set. */
  readonly ownBackend: boolean;
  /** Tells the user what was changed, one line a call. */
  readonly notice: (text: string) => void;
}

/**
 * Makes the settings decide which source a training reads: with BACKEND_DATABASE_URL it is `backend`, which is added to
 * the catalogue and put in use; without, the one in use stays, and an empty catalogue gets a generated one if wished.
 * @throws PipelineError `SOURCE_NOT_FOUND` when the source that is meant cannot be read under these settings.
 */
export async function ensureSource(
  stores: SourceStores,
  settings: SourceSettings,
  options: EnsureSourceOptions,
): Promise<void> {
  const sources = await stores.catalog.list();
  if (settings.ownBackend) await useOwn(stores, settings, { sources, options });
  else await useLocal(stores, settings, { sources, options });
}

interface SourceChoice {
  readonly sources: readonly CatalogSource[];
  readonly options: EnsureSourceOptions;
}

async function useOwn(
  { catalog }: GeneratorStores,
  { notice }: SourceSettings,
  { sources, options }: SourceChoice,
): Promise<void> {
  const named = options.source;
  if (named !== undefined && named !== OWN_SOURCE)
    throw unreadable(named, `BACKEND_DATABASE_URL is set, and only the source ${OWN_SOURCE} is read from there`);
  if (sources.some(({ name, active }) => name === OWN_SOURCE && active)) return;
  const former = sources.find(({ active }) => active)?.name;
  await catalog.add(OWN_SOURCE, { origin: 'BACKEND_DATABASE_URL' }, { activate: true });
  const instead = former === undefined ? '' : ` instead of ${former}`;
  notice(`source ${OWN_SOURCE} (BACKEND_DATABASE_URL) is now the one in use${instead}`);
}

async function useLocal(
  stores: SourceStores,
  { notice }: SourceSettings,
  { sources, options }: SourceChoice,
): Promise<void> {
  const meant = options.source ?? sources.find(({ active }) => active)?.name;
  if (meant === OWN_SOURCE) throw unreadable(OWN_SOURCE, othersThan(sources));
  if (sources.length > 0) return;
  if (options.whenEmpty === 'generate') await generateDefault(stores, notice);
  else if (options.whenEmpty === 'remark') notice(noSourceYet);
  else throw new PipelineError('SOURCE_NOT_FOUND', noSourceYet, { source: null });
}

const noSourceYet =
  'there is no data source yet: `ml retrain` and `ml data generate` make a synthetic one, `ml data import berka ' +
  '<folder>` loads one, and BACKEND_DATABASE_URL names your own database';

function othersThan(sources: readonly CatalogSource[]): string {
  const others = sources.map(({ name }) => name).filter((name) => name !== OWN_SOURCE);
  const instead = others.length === 0 ? '`ml data generate` makes another' : `\`ml data use ${others.join('|')}\``;
  return `BACKEND_DATABASE_URL is not set; set it, or change the source: ${instead}`;
}

const unreadable = (source: string, why: string): PipelineError =>
  new PipelineError('SOURCE_NOT_FOUND', `the source ${source} cannot be read: ${why}`, { source });

async function generateDefault(stores: GeneratorStores, notice: SourceSettings['notice']): Promise<void> {
  const { generateBackend, parseGeneratorOptions } = await import('./backend/generator/index.js');
  const { users, months } = parseGeneratorOptions({});
  notice(`there is no data yet: generating a synthetic backend of ${users} users and ${months} months`);
  const { rows } = await generateBackend(stores);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  notice(`generated ${total.toLocaleString('en-US')} rows in ${Object.keys(rows).length} tables`);
}
