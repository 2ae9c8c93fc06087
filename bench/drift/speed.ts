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
type Size = (typeof SIZES)[number];
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

interface OurSpeed {
  readonly exact: number;
  readonly evidently: number;
  readonly profiling: number;
  readonly sketched: number;
  /** Bytes. */
  readonly memory: number;
}

/** CPU seconds, the fastest of three. */
function measureOurs({ rows, cols }: Size): OurSpeed {
  const [reference, current] = [normalColumns(rows, cols, 1), normalColumns(rows, cols, 2)];
  const profile = profileColumns(reference);
  return {
    exact: cpuSeconds(TIMINGS, () => compareColumns(reference, current)),
    evidently: cpuSeconds(TIMINGS, () => compareColumns(reference, current, { mode: 'evidently' })),
    profiling: cpuSeconds(TIMINGS, () => profileColumns(reference)),
    sketched: cpuSeconds(TIMINGS, () => compareWithProfile(profile, current)),
    memory: peakMemory(),
  };
}

async function measureSize(size: Size, { once }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { rows, cols, atMost, peerTimings } = size;
  const name = `${rows / 1000}k x ${cols}`;
  const ours = await once(`drift speed, ${name}`, () => Promise.resolve(measureOurs(size)));
  const versions = await findDriftPeers();
  const installed = versions.evidently !== null || versions.nannyml !== null;
  const peers = await once(`drift speed of peers, ${name}`, () =>
    installed ? peerSpeed(rows, cols, peerTimings) : Promise.resolve(null),
  );
  const peer = (library: 'evidently' | 'nannyml') => {
    const value = peers?.[library];
    return value === null || value === undefined ? null : { name: library, value };
  };
  const row = (what: string, value: number, rest: Partial<BenchmarkRow> = {}): BenchmarkRow =>
    benchmarkRow({ name: `${name}, ${what}`, value, unit: 'CPU s', ...rest });
  return [
    row('default, rows with rows', ours.exact, { target: { atMost }, peer: peer('nannyml') }),
    row('evidently, rows with rows', ours.evidently, { target: { atMost }, peer: peer('evidently') }),
    row('default, rows with a stored profile', ours.sketched, { target: { atMost } }),
    row('profile of the reference', ours.profiling),
    row('peak memory of the process', ours.memory, { unit: 'bytes', target: { atMost: MOST_MEMORY } }),
  ];
}

/** CPU and memory of a comparison of as many rows on both sides. */
export async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { onProgress, wants } = context;
  if (!wants('speed')) return [];
  const rows: BenchmarkRow[] = [];
  for (const size of SIZES) {
    onProgress(`drift speed, ${size.rows} x ${size.cols}`);
    rows.push(...(await measureSize(size, context)));
  }
  return rows;
}
