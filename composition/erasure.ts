import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ErasureDeps } from '../activities/erasure/erase-customer.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { createRedis, withRedis } from '../platform/redis/client.js';
import { removeMatching } from '../platform/redis/remove-matching.js';
import type { Services } from './services.js';

/** A promotion that waits for its approval, and the lock of a source, hold no rows. */
const WITH_ROWS = 'ExecutionStatus = "Running" and WorkflowType != "promoteModel" and WorkflowType != "retrainingLock"';

/** Runs named at most; one is enough to wait. */
const MOST_NAMED = 20;

async function activeRuns(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: WITH_ROWS }))
    if (ids.push(workflowId) >= MOST_NAMED) break;
  return ids;
}

/** Answers that the API stores, whomever they are about: their keys are hashes of what was asked. */
const CACHED_ANSWERS = 'ml:answer:*';

async function removeCachedAnswers(redisUrl: string, logger: Pick<Logger, 'warn'>): Promise<number> {
  const client = createRedis(redisUrl, logger);
  try {
    return await withRedis(client, () => removeMatching(client, CACHED_ANSWERS));
  } finally {
    client.disconnect();
  }
}

/** What an erasure needs, from the services of this process. @throws PipelineError of the key ring. */
export async function erasureDeps(
  {
    config,
    endpoints,
    services,
  }: { readonly config: Config; readonly endpoints: Endpoints; readonly services: Services },
  { temporal, logger }: { readonly temporal: () => Promise<Client>; readonly logger: Pick<Logger, 'warn'> },
): Promise<ErasureDeps> {
  const { redisUrl, backendDatabaseUrl } = endpoints;
  return {
    ...services,
    keys: await openKeyRing(config),
    ownBackend: backendDatabaseUrl === null,
    activeRuns: async () => activeRuns(await temporal()),
    removeCachedAnswers: () => (redisUrl === null ? Promise.resolve(0) : removeCachedAnswers(redisUrl, logger)),
  };
}
