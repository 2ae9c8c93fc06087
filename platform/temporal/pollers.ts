import { messageOf, PipelineError } from '../../contracts/errors.js';
import { serviceUnavailable } from '../outage.js';
import { withoutKey } from './faults.js';
import { callService } from './ping.js';
import { integerField, lengthField, lengthFields } from './protobuf.js';
import type { TemporalServer } from './server.js';

/** `TaskQueueType` values for workflow and activity tasks. */
const taskKinds = [1, 2] as const;

/**
 * The workers that polled this task queue in the last five minutes. Called at each `ml status` and by the supervisor,
 * which therefore never loads the SDK.
 * @returns Their distinct identities, by default `pid@host`.
 * @throws PipelineError as `callService`; `SERVICE_UNAVAILABLE` when the server does not answer.
 */
export async function pollersAt(server: TemporalServer, taskQueue: string): Promise<readonly string[]> {
  try {
    const requests = taskKinds.map((kind) => describeRequest(server.namespace, taskQueue, kind));
    const responses = await Promise.all(requests.map((request) => callService(server, 'DescribeTaskQueue', request)));
    return [...new Set(responses.flatMap(identitiesOf))].filter((identity) => identity !== '');
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    const { address } = server;
    const reason = withoutKey(messageOf(fault), server);
    throw serviceUnavailable(`the Temporal server at ${address}`, reason, { details: { address }, cause: fault });
  }
}

/** Encodes a DescribeTaskQueueRequest: the namespace, a TaskQueue by its name, the kind of tasks. */
const describeRequest = (namespace: string, taskQueue: string, kind: number): Buffer =>
  Buffer.concat([lengthField(1, namespace), lengthField(2, lengthField(1, taskQueue)), integerField(3, kind)]);

/** Decodes the pollers of a DescribeTaskQueueResponse, each a PollerInfo with its identity in field 2. */
const identitiesOf = (response: Buffer): readonly string[] =>
  lengthFields(response, 1).flatMap((poller) => lengthFields(poller, 2).map((identity) => identity.toString('utf8')));
