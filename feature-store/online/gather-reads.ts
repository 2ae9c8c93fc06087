import { collectTurn, type Waiting } from '../../platform/collect-turn.js';

/** Reads values by their keys; null: there is none. */
export type ReadValues = (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>;

type WaitingRead = Waiting<readonly string[], readonly (Buffer | null)[]>;

/**
 * Reads what is asked for in one turn of the event loop by one call: a command of its own for each request costs a write
 * of the socket, more than everything else about it.
 * @param mostKeys - of one call, unless a single request has more.
 */
export const gatherReads = (read: ReadValues, mostKeys: number): ReadValues =>
  collectTurn((calls) => {
    for (const group of groupsOf(calls, mostKeys)) void readGroup(read, group);
  });

function groupsOf(calls: readonly WaitingRead[], mostKeys: number): WaitingRead[][] {
  const groups: WaitingRead[][] = [];
  let size = Infinity;
  for (const call of calls) {
    if (size + call.question.length > mostKeys) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(call);
    size += call.question.length;
  }
  return groups;
}

async function readGroup(read: ReadValues, calls: readonly WaitingRead[]): Promise<void> {
  try {
    const values = await read(calls.flatMap(({ question }) => question));
    let start = 0;
    for (const { question: keys, resolve } of calls) resolve(values.slice(start, (start += keys.length)));
  } catch (fault) {
    for (const { reject } of calls) reject(fault);
  }
}
