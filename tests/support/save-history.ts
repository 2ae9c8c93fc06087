import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { projectRoot } from '../../platform/project.js';

/** Folder of the histories that every later version of the workflows must be able to replay. */
export const historyFolder = join(projectRoot, 'workflows', 'histories');

const { History } = proto.temporal.api.history.v1;
const asText = { longs: String, enums: String, bytes: String };

/** A recorded history in the form that replay reads. */
export const historyOf = ({ history }: RecordedHistory) => History.fromObject(history as object);

/** Replay needs the workflow's id: the ids of its children are derived from it. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: unknown;
}

/**
 * Saves the history of a finished run for the replay tests when UPDATE_HISTORIES=1:
 * `UPDATE_HISTORIES=1 npm run test:integration`. Do this for a new path through a workflow; keep the old files, because
 * workflows that are already running have such histories.
 */
export async function saveHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (process.env.UPDATE_HISTORIES !== '1') return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const recorded: RecordedHistory = { workflowId, history: History.toObject(History.fromObject(history), asText) };
  await writeFile(join(historyFolder, `${name}.json`), `${JSON.stringify(recorded, null, 1)}\n`);
}
