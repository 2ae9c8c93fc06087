import type { Connection } from '@temporalio/client';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import { serviceUnavailable } from '../outage.js';
import { readCertificates } from './certificates.js';
import { withoutKey } from './faults.js';
import { pingTemporal } from './ping.js';
import type { TemporalServer } from './server.js';

/** Time within which a server must answer the first call. */
const CONNECT_TIMEOUT = '10 seconds';

/** Options that the SDK's client connection and worker connection have in common. */
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
 * Opens a connection with `open`, after a ping that shows whether the server accepts this client: the SDK would retry
 * with a wrong certificate until its deadline and report only "deadline". A server that does not answer the ping is
 * still tried with `open`, until the SDK's deadline.
 * @throws PipelineError `SERVICE_REFUSED` or `INVALID_CONFIG` as `pingTemporal`; `SERVICE_UNAVAILABLE` naming the address.
 */
export async function connectWith<C>(
  server: TemporalServer,
  open: (settings: ConnectionSettings) => Promise<C>,
): Promise<C> {
  const pingFault = await faultOfPing(server);
  if (pingFault instanceof PipelineError) throw pingFault;
  const settings = connectionSettings(server);
  try {
    return await open(settings);
  } catch (failure) {
    const { address } = server;
    const reason = withoutKey(messageOf(pingFault ?? failure), server); // the SDK reports "deadline", the ping a reason
    throw serviceUnavailable(`the Temporal server at ${address}`, reason, { details: { address }, cause: failure });
  }
}

const faultOfPing = (server: TemporalServer): Promise<Error | null> =>
  pingTemporal(server).then(
    () => null,
    (fault: unknown) => (fault instanceof Error ? fault : new Error(String(fault))),
  );

/**
 * A connection of the SDK's client. The SDK is imported on first use, because loading it takes a second.
 * @throws PipelineError as `connectWith`.
 */
export async function openConnection(server: TemporalServer): Promise<Connection> {
  const { Connection: Client } = await import('./sdk.js');
  return connectWith(server, (settings) => Client.connect({ ...settings, connectTimeout: CONNECT_TIMEOUT }));
}
