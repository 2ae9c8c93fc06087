import type { Config } from '../../platform/config/config.js';
import { runningState } from '../../platform/embedded/ensure.js';
import { connectTemporal } from '../../platform/temporal/client.js';
import { describeAttribute, ensureSearchAttributes, missingAttributes } from '../../workers/search-attributes.js';
import type { Facts } from './finding.js';

type Connection = Awaited<ReturnType<typeof connectTemporal>>;

/** Lends a client of the server in use. @returns null where none runs. */
async function onServer<Result>(config: Config, work: (client: Connection) => Promise<Result>): Promise<Result | null> {
  const address = config.temporal.address ?? runningState(config.home)?.endpoints?.temporal.address;
  if (address === undefined) return null;
  const client = await connectTemporal({ ...config.temporal, address });
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}

/** Whether the server in use knows every search attribute that workflows set. */
export async function examineSearchAttributes(config: Config): Promise<Facts> {
  const missing = await onServer(config, missingAttributes);
  if (missing === null) throw new Error('no server runs here');
  if (missing.length > 0) throw new Error(`not registered: ${missing.map(describeAttribute).join(', ')}`);
  return { found: 'all are registered', where: config.temporal.namespace, version: '-' };
}

/** Registers what is missing on the server in use. @returns the names; [] where no server runs. */
export const registerSearchAttributes = async (config: Config): Promise<readonly string[]> =>
  (await onServer(config, ensureSearchAttributes)) ?? [];
