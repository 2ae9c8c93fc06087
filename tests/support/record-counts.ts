import type { Services } from '../../composition/services.js';
import { MODEL } from './credit-dataset.js';

/** Counts that must be equal for an undisturbed and a disturbed run. */
export interface RecordCounts {
  readonly versions: number;
  readonly transitions: number;
  readonly runs: number;
  readonly blobs: readonly string[];
}

/** Counts the records of a line's runs in registry and blob store. */
export async function countRecords({ registry, blobs }: Services, line: string): Promise<RecordCounts> {
  const hashes: string[] = [];
  for await (const { hash } of blobs.list()) hashes.push(hash);
  return {
    versions: (await registry.listVersions({ modelName: MODEL, line })).length,
    transitions: (await registry.listTransitions(MODEL, line)).length,
    runs: (await registry.listRuns({ modelName: MODEL })).length,
    blobs: hashes.sort(),
  };
}
