import type { Client } from '@temporalio/client';
import { PipelineError } from '../../contracts/errors.js';
import { pingTemporal } from './ping.js';
import type { TemporalServer } from './server.js';

/** A client of the orchestrator that is loaded and connected when it is asked for the first time. */
export interface LazyClient {
  /** The same client each time. @throws PipelineError as `connectTemporal`. */
  readonly client: () => Promise<Client>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/**
 * Makes sure that the server answers and accepts this program, without the SDK, whose loading costs more than most
 * commands; a command that only reads the registry never loads it.
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
    await client(); // it does not answer yet: the SDK waits for it, and says what was in the way
  }
  return { client, close: async () => opened?.then((found) => found.connection.close()) };
}
