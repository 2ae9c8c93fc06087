import { callGrpc } from './grpc-call.js';
import { connectionFault, statusFault } from './faults.js';
import type { TemporalServer } from './server.js';

const DESCRIBE_NAMESPACE = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';

/**
 * Checks that a Temporal server answers and has the namespace, with the same TLS settings and API key as every other
 * connection. A rejected certificate or key is reported within milliseconds and with its reason; the SDK would retry
 * until its deadline and report no reason.
 * @throws PipelineError `SERVICE_REFUSED` when one side does not accept the other, `INVALID_CONFIG` for a certificate
 *   file or an unknown namespace. A plain Error when the server does not answer; the caller composes the message.
 */
export async function pingTemporal(server: TemporalServer): Promise<void> {
  const result = await callGrpc(server, DESCRIBE_NAMESPACE, namespaceRequest(server.namespace)).catch(
    (fault: unknown) => {
      throw connectionFault(fault, server);
    },
  );
  if (result.status !== 0) throw statusFault(result, server);
}

/** Encodes a DescribeNamespaceRequest: field 1 (tag 0x0a), the name's length as a varint, the name. */
function namespaceRequest(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  const length = name.length < 128 ? [name.length] : [(name.length & 0x7f) | 0x80, name.length >> 7];
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}
