/** Reads values by their keys; null: there is none. */
export type ReadValues = (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>;

interface Waiting {
  readonly keys: readonly string[];
  readonly resolve: (values: readonly (Buffer | null)[]) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Reads what is asked for in one turn of the event loop by one call: a command of its own for each request costs a write
 * of the socket, more than everything else about it.
 * @param mostKeys - of one call, unless a single request has more.
 */
export function gatherReads(read: ReadValues, mostKeys: number): ReadValues {
  let waiting: Waiting[] = [];

  function flush(): void {
    const calls = waiting;
    waiting = [];
    for (const group of groupsOf(calls, mostKeys)) void readGroup(read, group);
  }

  return (keys) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ keys, resolve, reject });
    });
}

function groupsOf(calls: readonly Waiting[], mostKeys: number): Waiting[][] {
  const groups: Waiting[][] = [];
  let size = Infinity;
  for (const call of calls) {
    if (size + call.keys.length > mostKeys) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(call);
    size += call.keys.length;
  }
  return groups;
}

async function readGroup(read: ReadValues, calls: readonly Waiting[]): Promise<void> {
  try {
    const values = await read(calls.flatMap(({ keys }) => keys));
    let start = 0;
    for (const { keys, resolve } of calls) resolve(values.slice(start, (start += keys.length)));
  } catch (fault) {
    for (const { reject } of calls) reject(fault);
  }
}
