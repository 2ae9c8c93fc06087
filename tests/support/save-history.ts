import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** Names of the files in {@link historyFolder}. */
export const historyFiles = (): string[] => readdirSync(historyFolder).filter((name) => name.endsWith('.json'));

export const readHistory = (file: string): RecordedHistory =>
  JSON.parse(readFileSync(join(historyFolder, file), 'utf8')) as RecordedHistory;

const startOf = (recorded: RecordedHistory) => historyOf(recorded).events[0]?.workflowExecutionStartedEventAttributes;

/** Under which name the run was started. */
export const workflowTypeOf = (recorded: RecordedHistory): string => startOf(recorded)?.workflowType?.name ?? '';

/** On which the run was started. */
export const taskQueueOf = (recorded: RecordedHistory): string => startOf(recorded)?.taskQueue?.name ?? '';

/** The changes marked with `patched()` that the run went through. */
export const patchesOf = (recorded: RecordedHistory): string[] =>
  historyOf(recorded).events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    (marker?.details?.['patch-data']?.payloads ?? []).map(
      ({ data }) => (JSON.parse(Buffer.from(data ?? []).toString()) as { readonly id: string }).id,
    ),
  );

/**
 * What the workflow ordered and how it ended, sorted: steps that run at the same time end in any order.
 * Two runs that took the same path through the code have the same commands.
 */
export function commandsOf(recorded: RecordedHistory): string[] {
  const commands = historyOf(recorded).events.flatMap((event): string[] => {
    const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
    const { startChildWorkflowExecutionInitiatedEventAttributes: child } = event;
    const { signalExternalWorkflowExecutionInitiatedEventAttributes: signal } = event;
    if (activity) return [`activity ${activity.activityType?.name ?? ''}`];
    if (child) return [`child ${child.workflowType?.name ?? ''}`];
    if (signal) return [`signal ${signal.signalName ?? ''}`];
    if (timer) return ['timer'];
    const ends = ['Completed', 'Failed', 'Canceled'].map((end) => `workflowExecution${end}EventAttributes`);
    return Object.keys(event).filter((key) => ends.includes(key) && event[key as keyof typeof event]);
  });
  return [...commands, ...patchesOf(recorded).map((id) => `patch ${id}`)].sort();
}

/**
 * Saves the history of a finished run for the replay tests when UPDATE_HISTORIES=1, as `npm run record-histories` does.
 * A recorded history stays: workflows that are already running have such histories. A run that took another path gets a
 * file of its own, with a number after the name.
 */
export async function saveHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (process.env.UPDATE_HISTORIES !== '1') return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const recorded: RecordedHistory = { workflowId, history: History.toObject(History.fromObject(history), asText) };
  const file = fileFor(name, recorded);
  if (file !== null) await writeFile(join(historyFolder, file), `${JSON.stringify(recorded, withoutMachine, 1)}\n`);
}

/** A worker or client as the SDK names it, `<process id>@<host>`, also at the beginning of a sticky queue's name. */
const PROCESS_ON_HOST = /^\d+@/;

/** Replay needs neither stack traces, which name paths of the machine that recorded, nor the machine's name. */
const withoutMachine = (key: string, value: unknown): unknown =>
  key === 'stackTrace' || (typeof value === 'string' && PROCESS_ON_HOST.test(value)) ? '' : value;

/** Null when a file of this name has a run of the same path. */
function fileFor(name: string, recorded: RecordedHistory, number = 1): string | null {
  const file = number === 1 ? `${name}.json` : `${name}-${number}.json`;
  if (!existsSync(join(historyFolder, file))) return file;
  const isSame = commandsOf(readHistory(file)).join() === commandsOf(recorded).join();
  return isSame ? null : fileFor(name, recorded, number + 1);
}
