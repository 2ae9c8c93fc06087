import { PipelineError } from '../../contracts/errors.js';
import type { GrpcResult } from './grpc-call.js';
import { securityOf, type TemporalServer } from './server.js';

/** gRPC status codes. */
const NOT_FOUND = 5;
const rejectingStatuses: ReadonlySet<number | null> = new Set([7 /* PERMISSION_DENIED */, 16 /* UNAUTHENTICATED */]);

/** The error for a gRPC status other than 0. @returns `SERVICE_REFUSED`, `INVALID_CONFIG`, or a plain Error. */
export function statusFault({ status, message, httpStatus }: GrpcResult, server: TemporalServer): Error {
  const { address, namespace } = server;
  if (rejectingStatuses.has(status))
    return refused(server, `refuses this client for namespace "${namespace}": ${message}`);
  if (status === NOT_FOUND)
    return new PipelineError(
      'INVALID_CONFIG',
      `the Temporal server at ${address} has no namespace "${namespace}" (setting TEMPORAL_NAMESPACE)`,
      { setting: 'TEMPORAL_NAMESPACE', found: namespace },
    );
  if (status === null) return new Error(`no gRPC answer (HTTP status ${httpStatus}): not a Temporal server`);
  return new Error(withoutKey(`gRPC status ${status}: ${message}`, server));
}

/** Node's error codes for a server certificate that this client does not trust, each with the remedy. */
const certificateRemedies: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  SELF_SIGNED_CERT_IN_CHAIN: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  UNABLE_TO_GET_ISSUER_CERT: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  CERT_SIGNATURE_FAILURE: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TEMPORAL_TLS_SERVER_NAME',
  CERT_HAS_EXPIRED: 'a new certificate on the server',
  CERT_NOT_YET_VALID: 'a look at the clocks of both machines',
};

/** The error for a failed connection. @returns `SERVICE_REFUSED` when a retry cannot succeed, else an Error with a hint. */
export function connectionFault(fault: unknown, server: TemporalServer): Error {
  if (fault instanceof PipelineError) return fault;
  const { code, message } = describe(rootOf(fault));
  const remedy = certificateRemedies[code];
  if (remedy !== undefined)
    return refused(server, `has a certificate that is not trusted here: ${message} (${code}); needed: ${remedy}`);
  if (/^ERR_SSL_.*ALERT/.test(code)) return refused(server, `ends the handshake: ${alertOf(message, code)}`);
  if (/^(ERR_SSL_|EPROTO$)/.test(code)) return refused(server, `does not speak TLS as wanted here (${code})`);
  return new Error(`${message}${hintOf(code, server)}`, { cause: fault });
}

/** The innermost cause: when a session fails, its waiting streams are cancelled with the session's error as cause. */
const rootOf = (fault: unknown): unknown =>
  fault instanceof Error && fault.cause instanceof Error ? rootOf(fault.cause) : fault;

function describe(fault: unknown): { readonly code: string; readonly message: string } {
  if (!(fault instanceof Error)) return { code: '', message: String(fault) };
  return { code: 'code' in fault ? String(fault.code) : '', message: fault.message };
}

/** The TLS alert that the server sent, from OpenSSL's message `…:tlsv13 alert certificate required:…`. */
const alertOf = (message: string, code: string): string => /alert [a-z ]+/.exec(message)?.[0] ?? code;

const unreachableCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
]);

/** A hint for servers that close the connection without a reason; empty when the server was not reached at all. */
function hintOf(code: string, { tls }: TemporalServer): string {
  if (unreachableCodes.has(code)) return '';
  if (tls === null) return '; if the server wants TLS, set TEMPORAL_TLS=true';
  return tls.certPath === null
    ? '; if the server wants a client certificate, set TEMPORAL_TLS_CLIENT_CERT_PATH and _KEY_PATH'
    : '; a server that does not accept the client certificate may hang up like this';
}

function refused(server: TemporalServer, found: string): PipelineError {
  const { address } = server;
  const shown = securityOf(server);
  const message = withoutKey(`the Temporal server at ${address} ${found} (connected with: ${shown})`, server);
  return new PipelineError('SERVICE_REFUSED', message, { address, shown });
}

/** Masks the API key in a text, since a server may quote the key in its error message. */
export const withoutKey = (text: string, { apiKey }: TemporalServer): string =>
  apiKey === null ? text : text.replaceAll(apiKey, '***');
