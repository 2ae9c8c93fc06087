import { type SourceCatalog, sourceNotFound } from './catalog.js';

/**
 * The named source, else the active one.
 * @param named - null: the active source.
 * @throws PipelineError `SOURCE_NOT_FOUND` listing the known ones.
 */
export async function chooseSource(
  catalog: Pick<SourceCatalog, 'active' | 'list'>,
  named: string | null,
): Promise<string> {
  if (named === null) return catalog.active();
  const known = (await catalog.list()).map(({ name }) => name);
  if (known.includes(named)) return named;
  throw sourceNotFound(named, known);
}
