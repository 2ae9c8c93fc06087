import { DEFAULT_LINE, isSynthetic, lineOfSource, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import { findSourceInUse } from '../../datasets/sources/source-in-use.js';
import { requireAnsweringLine, type UnlinedRequest } from '../../inference/choose-line.js';
import type { CliContext, Connection } from './context.js';

const sourceInUse = (
  { config }: Pick<CliContext, 'config'>,
  { services }: Pick<Connection, 'services'>,
): Promise<string | null> => findSourceInUse(services.catalog, { ownBackend: config.backendDatabaseUrl !== null });

/** As `chooseLine`, for an answer: a version of another source than the one in use needs its line named. */
export async function chooseAnsweringLine(
  cli: Pick<CliContext, 'config'>,
  connection: Pick<Connection, 'services'>,
  { line, ...request }: UnlinedRequest & { readonly line?: string | undefined },
): Promise<string> {
  if (line !== undefined) return line;
  const source = await sourceInUse(cli, connection);
  return source === null ? DEFAULT_LINE : requireAnsweringLine(connection.services.registry, request, source);
}

/** The line that a command works on: the named one, else that of the source in use, else the user's own backend's. */
export async function chooseLine(
  cli: Pick<CliContext, 'config'>,
  connection: Pick<Connection, 'services'>,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  const source = await sourceInUse(cli, connection);
  return source === null ? DEFAULT_LINE : lineOfSource(source);
}

/** The source of a run as the Temporal UI shows it: its name, with a remark on generated rows. */
export async function describeSource(
  cli: Pick<CliContext, 'config'>,
  connection: Pick<Connection, 'services'>,
  named: string | undefined,
): Promise<string> {
  const source = named ?? (await sourceInUse(cli, connection)) ?? 'the source in use';
  return isSynthetic(lineOfSource(source)) ? `${source} (${SYNTHETIC_REMARK})` : source;
}
