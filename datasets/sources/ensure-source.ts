import { PipelineError } from '../../contracts/errors.js';
import { OWN_SOURCE } from '../../contracts/ids.js';
import type { GeneratorStores } from './backend/generator/index.js';
import { sum } from '../../learning/numeric/statistics/sum.js';
import { type CatalogSource, noSourceYet, type SourceCatalog, sourceNotFound } from './catalog.js';

/** Which source is wanted, and what to do without any. */
export interface EnsureSourceOptions {
  /** The source that the caller named. @default the active one */
  readonly source?: string | undefined;
  /** With an empty catalogue: generate a source, throw, or print a notice. */
  readonly whenEmpty: 'generate' | 'refuse' | 'remark';
}

/** Stores that `ensureSource` needs. */
export interface SourceStores extends GeneratorStores {
  readonly catalog: Pick<SourceCatalog, 'add' | 'list'>;
}

/** Settings that determine the source. */
export interface SourceSettings {
  /** True when BACKEND_DATABASE_URL is set. */
  readonly ownBackend: boolean;
  /** Called with one line for each change that the user should know about. */
  readonly notice: (text: string) => void;
}

/**
 * Makes the active source consistent with the settings. With BACKEND_DATABASE_URL it is `backend`, which is added to the
 * catalogue if absent. Without it the active source is kept, and `whenEmpty` decides about an empty catalogue.
 * @throws PipelineError `SOURCE_NOT_FOUND` when the named or active source cannot be read with these settings.
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
  const previous = sources.find(({ active }) => active)?.name;
  await catalog.add(OWN_SOURCE, { origin: 'BACKEND_DATABASE_URL' }, { activate: true });
  const instead = previous === undefined ? '' : ` instead of ${previous}`;
  notice(`source ${OWN_SOURCE} (BACKEND_DATABASE_URL) is now the one in use${instead}`);
}

async function useLocal(
  stores: SourceStores,
  { notice }: SourceSettings,
  { sources, options }: SourceChoice,
): Promise<void> {
  const wanted = options.source ?? sources.find(({ active }) => active)?.name;
  if (wanted === OWN_SOURCE) throw unreadable(OWN_SOURCE, othersThan(sources));
  if (sources.length > 0) return;
  if (options.whenEmpty === 'generate') await generateDefault(stores, notice);
  else if (options.whenEmpty === 'remark') notice(noSourceYet);
  else throw sourceNotFound(null, []);
}

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
  const total = sum(Object.values(rows));
  notice(`generated ${total.toLocaleString('en-US')} rows in ${Object.keys(rows).length} tables`);
}
