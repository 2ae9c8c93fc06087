import type { Connection } from '@temporalio/client';
import { openConnection } from './connect.js';
import type { TemporalServer } from './server.js';

export interface PollerQuery {
  readonly namespace: string;
  readonly taskQueue: string;
}

type DescribeRequest = Parameters<Connection['workflowService']['describeTaskQueue']>[0];
type TaskKind = NonNullable<DescribeRequest['taskQueueType']>;

/** Workflow tasks and activity tasks, as the protocol numbers them; the package with the names is not ours to import. */
const taskKinds = [1, 2] as unknown as readonly TaskKind[];

/**
 * The workers that asked this queue for work lately (the server forgets them after five minutes).
 * @returns Their identities, `pid@host` unless the worker names itself otherwise; each once.
 */
export async function listPollers(connection: Connection, query: PollerQuery): Promise<readonly string[]> {
  const answers = await Promise.all(
    taskKinds.map((taskQueueType) =>
      connection.workflowService.describeTaskQueue({
        namespace: query.namespace,
        taskQueue: { name: query.taskQueue },
        taskQueueType,
      }),
    ),
  );
  const identities = answers.flatMap(({ pollers }) => pollers.map(({ identity }) => identity ?? ''));
  return [...new Set(identities)].filter((identity) => identity !== '');
}

/**
 * Connects, lists and disconnects.
 * @throws PipelineError as `openConnection`; Error of the SDK when the server fails afterwards.
 */
export async function pollersAt(server: TemporalServer, taskQueue: string): Promise<readonly string[]> {
  const connection = await openConnection(server);
  try {
    return await listPollers(connection, { namespace: server.namespace, taskQueue });
  } finally {
    await connection.close();
  }
}
