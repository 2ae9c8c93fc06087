import {
  compareColumns,
  compareWithProfile,
  type DriftColumn,
  profileColumns,
} from '../../learning/evaluation/drift/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuSeconds } from '../support/cpu.js';
import { findDriftPeers, peerSpeed } from './peer.js';

const TIMINGS = 3;
const SIZES = [
  { rows: 100_000, cols: 30, atMost: 1, peerTimings: 3 },
  // The case of evidentlyai/evidently#763, where a comparison took 23 minutes.
  { rows: 356_000, cols: 100, atMost: 5, peerTimings: 1 },
] as const;
const MOST_MEMORY = 1e9;

/** Normal columns of all different values: the hardest case of a sort. */
function normalColumns(rows: number, cols: number, seed: number): DriftColumn[] {
  const random = createRandom(seed);
  return Array.from({ length: cols }, (_, i) => ({
    name: `c${i}`,
    kind: 'numeric',
    values: new Float64Array(rows).map(() => random.normal()),
  }));
}

/** Largest memory of this process so far, data and runtime included, in bytes. */
const peakMemory = (): number => process.resourceUsage().maxRSS * 1024;

async function measureSize({ rows, cols, atMost, peerTimings }: (typeof SIZES)[number]): Promise<BenchmarkRow[]> {
  const size = `${rows / 1000}k x ${cols}`;
  const [reference, current] = [normalColumns(rows, cols, 1), normalColumns(rows, cols, 2)];
  const exact = cpuSeconds(TIMINGS, () => compareColumns(reference, current));
  const evidently = cpuSeconds(TIMINGS, () => compareColumns(reference, current, { mode: 'evidently' }));
  const profile = profileColumns(reference);
  const profiling = cpuSeconds(TIMINGS, () => profileColumns(reference));
  const sketched = cpuSeconds(TIMINGS, () => compareWithProfile(profile, current));
  const memory = peakMemory();
  const versions = await findDriftPeers();
  const peers =
    versions.evidently === null && versions.nannyml === null ? null : await peerSpeed(rows, cols, peerTimings);
  const peer = (name: 'evidently' | 'nannyml') => {
    const value = peers?.[name];
    return value === null || value === undefined ? null : { name: `${name} ${versions[name]}`, value };
  };
  const row = (name: string, value: number, rest: Partial<BenchmarkRow> = {}): BenchmarkRow =>
    benchmarkRow({ name: `${size}, ${name}`, value, unit: 'CPU s', ...rest });
  return [
    row('default, rows with rows', exact, { target: { atMost }, peer: peer('nannyml') }),
    row('evidently, rows with rows', evidently, { target: { atMost }, peer: peer('evidently') }),
    row('default, rows with a stored profile', sketched, { target: { atMost } }),
    row('profile of the reference', profiling),
    row('peak memory of the process', memory, { unit: 'bytes', target: { atMost: MOST_MEMORY } }),
  ];
}

/** CPU and memory of a comparison of as many rows on both sides. */
export async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('speed')) return [];
  const rows: BenchmarkRow[] = [];
  for (const size of SIZES) {
    onProgress(`drift speed, ${size.rows} x ${size.cols}`);
    rows.push(...(await measureSize(size)));
  }
  return rows;
}
