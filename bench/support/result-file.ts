import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Measures a part of a benchmark, or gives what an earlier run of the same file measured. */
export type MeasureOnce = <Value>(key: string, measure: () => Promise<Value>) => Promise<Value>;

interface StoredResult {
  readonly key: string;
  readonly value: unknown;
}

/** @returns [] for half a line, which a run leaves that was killed while it wrote: it is measured again. */
function parseResult(line: string): StoredResult[] {
  try {
    return [JSON.parse(line) as StoredResult];
  } catch {
    return [];
  }
}

function readResults(path: string): Map<string, unknown> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Map(lines.flatMap(parseResult).map(({ key, value }) => [key, value]));
}

/**
 * Keeps the results of a long benchmark's parts in a file of JSON lines, so that it can be run in slices: what the file has
 * is not measured again. Results are JSON values; null, for a peer that is not installed, is not kept. The file knows
 * nothing of the code: delete it, or its lines of a learner, when that changes.
 * @param path - null = every part is measured.
 */
export function resultFile(path: string | null): MeasureOnce {
  if (path === null) return (_key, measure) => measure();
  const known = readResults(path);
  return async <Value>(key: string, measure: () => Promise<Value>): Promise<Value> => {
    if (known.has(key)) return known.get(key) as Value;
    const value = await measure();
    if (value === null) return value;
    known.set(key, value);
    appendFileSync(path, `\n${JSON.stringify({ key, value } satisfies StoredResult)}`);
    return value;
  };
}
