import { OWN_SOURCE } from '../../contracts/ids.js';
import type { SourceCatalog } from './catalog.js';

/**
 * The source that commands without `--source` read, or null when there is none yet. Nothing is changed.
 * @param settings.ownBackend - BACKEND_DATABASE_URL is set: then it is the user's own database, whatever was in use.
 */
export async function findSourceInUse(
  catalog: Pick<SourceCatalog, 'list'>,
  { ownBackend }: { readonly ownBackend: boolean },
): Promise<string | null> {
  if (ownBackend) return OWN_SOURCE;
  return (await catalog.list()).find(({ active }) => active)?.name ?? null;
}
