import type { Connection } from '@temporalio/client';
import { PipelineError } from '../../contracts/errors.js';
import { readCertificates } from './certificates.js';
import { withoutKey } from './faults.js';
import { pingTemporal } from './ping.js';
import type { TemporalServer } from './server.js';

/** How long a server may take to answer the first call. */
const CONNECT_TIMEOUT = '10 seconds';

/** What both of the SDK's connections, the client's and the worker's, take. */
export interface ConnectionSettings {
  readonly address: string;
  readonly tls: false | SdkTls;
  readonly apiKey?: string;
}

interface SdkTls {
  readonly serverNameOverride?: string;
  readonly serverRootCACertificate?: Uint8Array;
  readonly clientCertPair?: { readonly crt: Uint8Array; readonly key: Uint8Array };
}

/**
 * The SDK's options for a server, with the certificates read.
 * @throws PipelineError `INVALID_CONFIG` for a certificate file.
 */
export const connectionSettings = ({ address, tls, apiKey }: TemporalServer): ConnectionSettings => ({
  address,
  tls: tls === null ? false : sdkTls(tls),
  ...(apiKey === null ? {} : { apiKey }),
});

function sdkTls(tls: NonNullable<TemporalServer['tls']>): SdkTls {
  const { authorities, pair } = readCertificates(tls);
  return {
    ...(tls.serverName === null ? {} : { serverNameOverride: tls.serverName }),
    ...(authorities === null ? {} : { serverRootCACertificate: authorities }),
    ...(pair === null ? {} : { clientCertPair: { crt: pair.certificate, key: pair.key } }),
  };
}

/**
 * Opens a connection with `open`, after asking the server whether it accepts this client: the SDK tries a wrong
 * certificate until its deadline and then says "deadline". A server that does not answer yet is left to the SDK's
 * patience.
 * @throws PipelineError `SERVICE_REFUSED` or `INVALID_CONFIG` as `pingTemporal`; `SERVICE_UNAVAILABLE` naming the address.
 */
export async function connectWith<C>(
  server: TemporalServer,
  open: (settings: ConnectionSettings) => Promise<C>,
): Promise<C> {
  const fault = await faultOf(server);
  if (fault instanceof PipelineError) throw fault;
  const settings = connectionSettings(server);
  try {
    return await open(settings);
  } catch (failure) {
    const { address } = server;
    const reason = fault ?? failure; // the SDK says "deadline" where the question said why
    const message = `the Temporal server does not answer at ${address}: ${withoutKey(messageOf(reason), server)}`;
    throw new PipelineError('SERVICE_UNAVAILABLE', message, { address }, { cause: failure });
  }
}

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

const faultOf = (server: TemporalServer): Promise<Error | null> =>
  pingTemporal(server).then(
    () => null,
    (fault: unknown) => (fault instanceof Error ? fault : new Error(String(fault))),
  );

/**
 * A connection of the SDK's client, which is loaded on first use because that takes a second.
 * @throws PipelineError as `connectWith`.
 */
export async function openConnection(server: TemporalServer): Promise<Connection> {
  const { Connection: Client } = await import('@temporalio/client');
  return connectWith(server, (settings) => Client.connect({ ...settings, connectTimeout: CONNECT_TIMEOUT }));
}
