import type { Connection } from '@temporalio/client';
import { openConnection } from './connect.js';
import type { TemporalServer } from './server.js';

/** A task queue in a namespace. */
export interface PollerQuery {
  readonly namespace: string;
  readonly taskQueue: string;
}

type DescribeRequest = Parameters<Connection['workflowService']['describeTaskQueue']>[0];
type TaskKind = NonNullable<DescribeRequest['taskQueueType']>;

/** `TaskQueueType` values for workflow and activity tasks; the package that names them is not a direct dependency. */
const taskKinds = [1, 2] as unknown as readonly TaskKind[];

/**
 * The workers that polled this task queue in the last five minutes.
 * @returns Their distinct identities, by default `pid@host`.
 */
export async function listPollers(connection: Connection, query: PollerQuery): Promise<readonly string[]> {
  const responses = await Promise.all(
    taskKinds.map((taskQueueType) =>
      connection.workflowService.describeTaskQueue({
        namespace: query.namespace,
        taskQueue: { name: query.taskQueue },
        taskQueueType,
      }),
    ),
  );
  const identities = responses.flatMap(({ pollers }) => pollers.map(({ identity }) => identity ?? ''));
  return [...new Set(identities)].filter((identity) => identity !== '');
}

/**
 * `listPollers` on a connection of its own.
 * @throws PipelineError as `openConnection`; the SDK's Error when the server fails afterwards.
 */
export async function pollersAt(server: TemporalServer, taskQueue: string): Promise<readonly string[]> {
  const connection = await openConnection(server);
  try {
    return await listPollers(connection, { namespace: server.namespace, taskQueue });
  } finally {
    await connection.close();
  }
}
