import { PipelineError } from '../../contracts/errors.js';
import type { SourceCatalog } from './catalog.js';

/**
 * The source that is named, else the one in use.
 * @param named - null: the caller named none.
 * @throws PipelineError `SOURCE_NOT_FOUND` with the known ones.
 */
export async function chooseSource(
  catalog: Pick<SourceCatalog, 'active' | 'list'>,
  named: string | null,
): Promise<string> {
  if (named === null) return catalog.active();
  const known = (await catalog.list()).map(({ name }) => name);
  if (known.includes(named)) return named;
  const message = `there is no data source "${named}"; known: ${known.join(', ') || 'none'}`;
  throw new PipelineError('SOURCE_NOT_FOUND', message, { source: named, known });
}
