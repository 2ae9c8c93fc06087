import type { Config } from '../config/config.js';
import type { Endpoints } from '../embedded/endpoints.js';

/** Where a Temporal server answers and what it is shown. Holds a secret: lent to connections, never stored or logged. */
export interface TemporalServer {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** Null: without TLS. */
  readonly tls: Config['temporal']['tls'];
  readonly apiKey: string | null;
}

/** The server of these endpoints, with what the settings say about TLS and API key. */
export const temporalServer = (
  { temporal: { tls, apiKey } }: Pick<Config, 'temporal'>,
  { temporal: { address, namespace } }: Pick<Endpoints, 'temporal'>,
): TemporalServer => ({ address, namespace, tls, apiKey });

/** How the connection is secured, for people: `no TLS`, or `TLS`, `client certificate`, `API key` as far as they apply. */
export function securityOf({ tls, apiKey }: Pick<TemporalServer, 'tls' | 'apiKey'>): string {
  if (tls === null) return 'no TLS';
  return [
    'TLS',
    ...(tls.certPath === null ? [] : ['client certificate']),
    ...(apiKey === null ? [] : ['API key']),
  ].join(', ');
}
