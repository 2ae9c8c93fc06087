import type { VersionRecord } from '../contracts/registry.js';
import { BACKEND_LINES } from '../contracts/ids.js';
import type { RegistryDatabase } from './tables.js';
import { selectVersions, versionRecord } from './versions.js';

/** Channel of PostgreSQL's NOTIFY that tells of every new stage transition. */
export const STAGE_CHANNEL = 'registry_stages';

/**
 * The newest version of each line in production and in staging, and the newest in dev of the lines that stay there: what
 * requests may ask without naming a version.
 */
export async function listServing(database: RegistryDatabase): Promise<VersionRecord[]> {
  const rows = await selectVersions(database)
    .distinctOn(['versions.model_name', 'versions.line', 'version_stages.stage'])
    .where((builder) =>
      builder.or([
        builder('version_stages.stage', 'in', ['production', 'staging']),
        builder.and([
          builder('version_stages.stage', '=', 'dev'),
          builder('versions.line', 'not in', [...BACKEND_LINES]),
        ]),
      ]),
    )
    .orderBy('versions.model_name')
    .orderBy('versions.line')
    .orderBy('version_stages.stage')
    .orderBy('versions.major', 'desc')
    .orderBy('versions.minor', 'desc')
    .orderBy('versions.patch', 'desc')
    .execute();
  return rows.map(versionRecord);
}

/** Number of the newest stage transition; '0' before the first. Changes whenever `listServing` may. */
export async function lastTransition(database: RegistryDatabase): Promise<string> {
  const row = await database
    .selectFrom('stage_transitions')
    .select((builder) => builder.fn.max('id').as('newest'))
    .executeTakeFirst();
  return row?.newest ?? '0';
}
