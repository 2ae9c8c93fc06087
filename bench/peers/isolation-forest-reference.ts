import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The scikit-learn release that isolation forests are compared with. */
export const SCIKIT_LEARN_VERSION = '1.9.1';

/** Trees and seeds of the comparison on ADBench. */
export const ADBENCH_FOREST = { trees: 200, seeds: [0, 1, 2] } as const;

/** Numbers written by that release; `tests/parity` checks them wherever it is installed. */
export const FOREST_REFERENCE_FILE = join(import.meta.dirname, `scikit-learn-${SCIKIT_LEARN_VERSION}.snap`);

export interface ForestReference {
  /** By set: mean AUC over the seeds, fit and scored on the rows that `loadAdbench` gives. */
  readonly adbenchAuc: Readonly<Record<string, number>>;
}

export async function readForestReference(): Promise<ForestReference> {
  return JSON.parse(await readFile(FOREST_REFERENCE_FILE, 'utf8')) as ForestReference;
}
