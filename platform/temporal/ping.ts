import { callGrpc } from './grpc-call.js';
import { connectionFault, endingFault } from './faults.js';
import type { TemporalServer } from './server.js';

const DESCRIBE_NAMESPACE = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';

/**
 * Asks a Temporal server for the namespace, with the certificate and key that every other connection shows: what the
 * server says of them is known in milliseconds, where the SDK tries until its deadline and names no reason.
 * @throws PipelineError `SERVICE_REFUSED` when one side does not accept the other, `INVALID_CONFIG` for a certificate
 *   file or an unknown namespace. Error (a plain one, for the caller to word) when it does not answer.
 */
export async function pingTemporal(server: TemporalServer): Promise<void> {
  const ending = await callGrpc(server, DESCRIBE_NAMESPACE, namespaceRequest(server.namespace)).catch(
    (fault: unknown) => {
      throw connectionFault(fault, server);
    },
  );
  if (ending.status !== 0) throw endingFault(ending, server);
}

/** DescribeNamespaceRequest: field 1 (tag 0x0a) holds the name, after its length as a varint. */
function namespaceRequest(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  const length = name.length < 128 ? [name.length] : [(name.length & 0x7f) | 0x80, name.length >> 7];
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}
