import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', 'peers', 'drift_peer.py');

export interface DriftPeers {
  /** Null = python3 cannot import it. */
  readonly evidently: string | null;
  readonly nannyml: string | null;
}

/** Asks the script for one task. @throws when python3 or a library is missing or fails. */
export async function askDriftPeer<Answer>(job: object): Promise<Answer> {
  const { stdout } = await run('python3', ['-W', 'ignore', SCRIPT, JSON.stringify(job)], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as Answer;
}

/** The versions that python3 can import. */
export async function findDriftPeers(): Promise<DriftPeers> {
  try {
    return await askDriftPeer<DriftPeers>({ task: 'versions' });
  } catch {
    return { evidently: null, nannyml: null };
  }
}

export interface PeerSpeed {
  readonly evidently: number | null;
  readonly nannyml: number | null;
}

/** CPU seconds of both libraries on normal columns of this size; null for one that is not installed. */
export const peerSpeed = (rows: number, cols: number, timings: number): Promise<PeerSpeed> =>
  askDriftPeer({ task: 'speed', rows, cols, timings });

/** By seed, whether each column is flagged. */
export interface PeerFlags {
  readonly evidently: readonly (readonly boolean[])[] | null;
  readonly nannyml: readonly (readonly boolean[])[] | null;
}

/** What both libraries flag in the columns of a folder, written by `writeColumns`. */
export const peerFlags = (folder: string, rows: number, cols: number, seeds: readonly number[]): Promise<PeerFlags> =>
  askDriftPeer({ task: 'flags', folder, rows, cols, seeds });

interface ScoredPart {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
}

/** By window. */
export type PeerEstimates = Readonly<Record<'accuracy' | 'rocAuc' | 'f1', readonly number[]>>;

/** NannyML's confidence-based estimates of windows of equal size, threshold 0.5. */
export async function peerEstimates(reference: ScoredPart, windows: readonly ScoredPart[]): Promise<PeerEstimates> {
  const folder = await mkdtemp(join(tmpdir(), 'drift-peer-'));
  try {
    const plain = ({ scores, labels }: ScoredPart) => ({ scores: [...scores], labels: [...labels] });
    await writeFile(
      join(folder, 'job.json'),
      JSON.stringify({ reference: plain(reference), windows: windows.map(plain) }),
    );
    return await askDriftPeer<PeerEstimates>({ task: 'estimates', folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
