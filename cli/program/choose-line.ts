import { DEFAULT_LINE, lineOfSource } from '../../contracts/ids.js';
import { findSourceInUse } from '../../datasets/sources/source-in-use.js';
import type { CliContext, Connection } from './context.js';

/** Help of the option `--line`. */
export const LINE_OPTION = 'line (that of the source in use)';

/** The line that a command works on: the named one, else that of the source in use, else the user's own backend's. */
export async function chooseLine(
  { config }: Pick<CliContext, 'config'>,
  { services }: Pick<Connection, 'services'>,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  const source = await findSourceInUse(services.catalog, { ownBackend: config.backendDatabaseUrl !== null });
  return source === null ? DEFAULT_LINE : lineOfSource(source);
}
