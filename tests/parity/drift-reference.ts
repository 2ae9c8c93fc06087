import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriftColumn } from '../../learning/evaluation/drift/index.js';
import { askDriftPeer } from '../../bench/drift/peer.js';

export const EVIDENTLY_VERSION = '0.7.23';
export const NANNYML_VERSION = '0.13.1';

/** Numbers written by these releases; `tests/parity` checks them wherever they are installed. */
export const EVIDENTLY_FILE = join(import.meta.dirname, `evidently-${EVIDENTLY_VERSION}.snap`);
export const NANNYML_FILE = join(import.meta.dirname, `nannyml-${NANNYML_VERSION}.snap`);

export interface EvidentlyColumn {
  readonly column: string;
  /** As Evidently writes it: `K-S p_value`, `Wasserstein distance (normed)` … */
  readonly method: string;
  readonly score: number;
  readonly drifted: boolean;
}

/** What Evidently says of one case. */
export interface EvidentlyCase {
  readonly name: string;
  readonly share: number;
  readonly drifted: boolean;
  readonly columns: readonly EvidentlyColumn[];
}

/** JSON has neither NaN nor infinity. */
function plain({ name, kind, values }: DriftColumn) {
  if (kind !== 'numeric') return { name, kind, values };
  const cells = Array.from(values, (value) =>
    Number.isNaN(value) ? null : Number.isFinite(value) ? value : `${value}`,
  );
  return { name, kind, values: cells };
}

interface ComparedCase {
  readonly name: string;
  readonly reference: readonly DriftColumn[];
  readonly current: readonly DriftColumn[];
}

/** Compares cases with Evidently's default preset. @throws when python3 cannot import it. */
export async function runEvidently(cases: readonly ComparedCase[]): Promise<EvidentlyCase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'drift-peer-'));
  try {
    const written = cases.map(({ name, reference, current }) => ({
      name,
      reference: reference.map(plain),
      current: current.map(plain),
    }));
    await writeFile(join(folder, 'cases.json'), JSON.stringify(written));
    return (await askDriftPeer<{ cases: EvidentlyCase[] }>({ task: 'compare', folder })).cases;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const readEvidently = async (): Promise<EvidentlyCase[]> =>
  JSON.parse(await readFile(EVIDENTLY_FILE, 'utf8')) as EvidentlyCase[];
