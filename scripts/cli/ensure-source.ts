import type { CliContext, Connection } from './context.js';

/**
 * Makes sure that there is a source to read: the user's own database where one is configured, else a generated backend
 * of the default size. A source that is there already stays as it is.
 */
export async function ensureSource(cli: CliContext, connection: Connection): Promise<void> {
  const { catalog } = connection.services;
  if ((await catalog.list()).length > 0) return;
  if (cli.config.backendDatabaseUrl === null) await generateDefault(cli, connection);
  else await catalog.add('backend', { origin: 'BACKEND_DATABASE_URL' }, { activate: true });
}

async function generateDefault({ out }: CliContext, { services }: Connection): Promise<void> {
  const { generateBackend, parseGeneratorOptions } = await import('../../datasets/sources/backend/generator/index.js');
  const { users, months } = parseGeneratorOptions({});
  out.notice(`there is no data yet: generating a synthetic backend of ${users} users and ${months} months`);
  const { rows } = await generateBackend(services);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  out.notice(`generated ${total.toLocaleString('en-US')} rows in ${Object.keys(rows).length} tables`);
}
