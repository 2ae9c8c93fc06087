import { Client, Connection } from '@temporalio/client';
import { PipelineError } from '../contracts/errors.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';

/** How long a server may take to answer the first call. */
const CONNECT_TIMEOUT = '10 seconds';

/**
 * A client of the orchestrator; close it with `client.connection.close()`.
 * @throws PipelineError `SERVICE_UNAVAILABLE` naming the address.
 */
export async function connectTemporal({ temporal }: Pick<Endpoints, 'temporal'>): Promise<Client> {
  try {
    const connection = await Connection.connect({ address: temporal.address, connectTimeout: CONNECT_TIMEOUT });
    return new Client({ connection, namespace: temporal.namespace });
  } catch (fault) {
    const message = `the Temporal server does not answer at ${temporal.address}`;
    throw new PipelineError('SERVICE_UNAVAILABLE', message, { address: temporal.address }, { cause: fault });
  }
}
