import type { Config } from '../config/config.js';
import type { Endpoints } from '../embedded/endpoints.js';

/** Address and credentials of a Temporal server. Contains a secret: passed to connections, never stored or logged. */
export interface TemporalServer {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** Null: without TLS. */
  readonly tls: Config['temporal']['tls'];
  readonly apiKey: string | null;
}

/** The Temporal server at these endpoints, with TLS settings and API key from the configuration. */
export const temporalServer = (
  { temporal: { tls, apiKey } }: Pick<Config, 'temporal'>,
  { temporal: { address, namespace } }: Pick<Endpoints, 'temporal'>,
): TemporalServer => ({ address, namespace, tls, apiKey });

/** How the connection is secured, for messages: `no TLS`, or `TLS` with `client certificate` and `API key` if set. */
export function securityOf({ tls, apiKey }: Pick<TemporalServer, 'tls' | 'apiKey'>): string {
  if (tls === null) return 'no TLS';
  return [
    'TLS',
    ...(tls.certPath === null ? [] : ['client certificate']),
    ...(apiKey === null ? [] : ['API key']),
  ].join(', ');
}
