import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { projectRoot } from '../../platform/project.js';

/** Where histories lie that every later version of the workflows must be able to continue. */
export const historyFolder = join(projectRoot, 'workflows', 'histories');

const { History } = proto.temporal.api.history.v1;
const asText = { longs: String, enums: String, bytes: String };

/** A kept history as replay takes it. */
export const historyOf = ({ history }: RecordedHistory) => History.fromObject(history as object);

/** What replay needs: ids of children are made from the workflow's own. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly history: unknown;
}

/**
 * With UPDATE_HISTORIES=1 keeps a finished run for the replay tests: `UPDATE_HISTORIES=1 npm run test:integration`. Do
 * this for a new path through a workflow; the old files stay, they are what running workflows look like.
 */
export async function saveHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (process.env.UPDATE_HISTORIES !== '1') return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const recorded: RecordedHistory = { workflowId, history: History.toObject(History.fromObject(history), asText) };
  await writeFile(join(historyFolder, `${name}.json`), `${JSON.stringify(recorded, null, 1)}\n`);
}
