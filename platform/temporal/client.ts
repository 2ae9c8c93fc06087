import { Client } from '@temporalio/client';
import { openConnection } from './connect.js';
import type { TemporalServer } from './server.js';

/**
 * A client in the server's namespace; close it with `client.connection.close()`.
 * @throws PipelineError `SERVICE_UNAVAILABLE` naming the address; `SERVICE_REFUSED` or `INVALID_CONFIG` as `pingTemporal`.
 */
export async function connectTemporal(server: TemporalServer): Promise<Client> {
  return new Client({ connection: await openConnection(server), namespace: server.namespace });
}
