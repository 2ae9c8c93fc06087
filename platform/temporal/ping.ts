import { callGrpc } from './grpc-call.js';
import { connectionFault, statusFault } from './faults.js';
import { lengthField } from './protobuf.js';
import type { TemporalServer } from './server.js';

/**
 * Calls a method of the workflow service without the SDK, which takes half a second of CPU to load. A rejected
 * certificate or key is reported within milliseconds and with its reason; the SDK would retry until its deadline and
 * report no reason.
 * @param method - `DescribeNamespace`.  @param request - The encoded message.
 * @returns The encoded response.
 * @throws PipelineError `SERVICE_REFUSED` when one side does not accept the other, `INVALID_CONFIG` for a certificate
 *   file or an unknown namespace. A plain Error when the server does not answer; the caller composes the message.
 */
export async function callService(server: TemporalServer, method: string, request: Buffer): Promise<Buffer> {
  const path = `/temporal.api.workflowservice.v1.WorkflowService/${method}`;
  const result = await callGrpc(server, path, request).catch((fault: unknown) => {
    throw connectionFault(fault, server);
  });
  if (result.status !== 0) throw statusFault(result, server);
  return result.body;
}

/**
 * Checks that a Temporal server answers and has the namespace, with the same TLS settings and API key as every other
 * connection.
 * @throws PipelineError and Error as `callService`.
 */
export async function pingTemporal(server: TemporalServer): Promise<void> {
  await callService(server, 'DescribeNamespace', namespaceRequest(server.namespace));
}

/** Encodes a DescribeNamespaceRequest. */
const namespaceRequest = (namespace: string): Buffer => lengthField(1, namespace);
