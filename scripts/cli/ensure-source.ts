import type { CliContext, Connection } from './context.js';

/**
 * Makes sure that there is a source to read: the user's own database where one is configured, else a generated backend
 * of the default size. A source that is there already stays as it is.
 */
export async function ensureSource({ config, out }: CliContext, { services }: Connection): Promise<void> {
  if ((await services.catalog.list()).length > 0) return;
  if (config.backendDatabaseUrl !== null) {
    await services.catalog.add('backend', { origin: 'BACKEND_DATABASE_URL' }, { activate: true });
    return;
  }
  const { generateBackend } = await import('../../datasets/sources/backend/generator/index.js');
  out.notice('there is no data yet: generating a backend of 300 users and 36 months (synthetic)');
  await generateBackend(services);
}
