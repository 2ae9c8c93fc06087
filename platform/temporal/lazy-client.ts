import type { Client } from '@temporalio/client';
import { PipelineError } from '../../contracts/errors.js';
import { pingTemporal } from './ping.js';
import type { TemporalServer } from './server.js';

/** A Temporal client that is imported and connected on first use. */
export interface LazyClient {
  /** Always the same client. @throws PipelineError as `connectTemporal`. */
  readonly client: () => Promise<Client>;
  /** Closes the connection if there is one. */
  close(): Promise<void>;
}

/**
 * Checks that the server answers and accepts this client, without importing the SDK, which takes longer than most
 * commands; a command that only reads the registry never imports it.
 * @throws PipelineError as `connectTemporal`.
 */
export async function openLazily(server: TemporalServer): Promise<LazyClient> {
  let opened: Promise<Client> | undefined;
  const client = (): Promise<Client> =>
    (opened ??= import('./client.js').then(({ connectTemporal }) => connectTemporal(server)));
  try {
    await pingTemporal(server);
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    await client(); // the server does not answer yet: the SDK retries until its deadline
  }
  return { client, close: async () => opened?.then(({ connection }) => connection.close()) };
}
