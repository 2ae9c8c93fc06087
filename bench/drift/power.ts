import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareColumns,
  compareWithProfile,
  type DriftColumn,
  profileColumns,
} from '../../learning/evaluation/drift/index.js';
import { mean } from '../../learning/numeric/statistics/mean.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { findDriftPeers, peerFlags, type PeerFlags } from './peer.js';
import { drawSides, plantedColumns, type PlantedSides } from './shifts.js';

/** By size: seeds, those on which the peers are asked too, and whether every moved column must be found. */
const SIZES = [
  { reference: 100_000, current: 100_000, seeds: 20, peerSeeds: 2, wanted: true },
  { reference: 2000, current: 2000, seeds: 100, peerSeeds: 5, wanted: false },
  { reference: 500, current: 200, seeds: 100, peerSeeds: 5, wanted: false },
] as const;
const MOST_FALSE = 0.05;

/** By seed, whether each column is flagged. */
type Flags = readonly (readonly boolean[])[];

interface Tally {
  /** Share of the moved columns that are flagged. */
  readonly found: number;
  /** Share of unmoved columns among the flagged of a seed, mean of the seeds; 0 where none is flagged. */
  readonly falseShare: number;
}

function tally(flags: Flags): Tally {
  const bySeed = flags.map((seed) => {
    const moved = seed.filter((_, i) => plantedColumns[i]!.distance > 0);
    const found = moved.filter(Boolean).length;
    const flagged = seed.filter(Boolean).length;
    return { found: found / moved.length, falseShare: (flagged - found) / Math.max(1, flagged) };
  });
  return {
    found: mean(bySeed.map(({ found }) => found)),
    falseShare: mean(bySeed.map(({ falseShare }) => falseShare)),
  };
}

const flagsOf = (columns: readonly { readonly drifted: boolean }[]): boolean[] => columns.map(({ drifted }) => drifted);

async function writeColumns(folder: string, seed: number, sides: PlantedSides): Promise<void> {
  for (const side of ['reference', 'current'] as const) {
    const parts = sides[side].map(({ values }: DriftColumn) => Float32Array.from(values as Float64Array));
    const bytes = parts.map(({ buffer }) => new Uint8Array(buffer));
    await writeFile(join(folder, `${seed}-${side}.f32`), Buffer.concat(bytes));
  }
}

interface Verdicts {
  readonly exact: Flags;
  readonly sketched: Flags;
  readonly peers: PeerFlags | null;
}

/** Verdicts of both modes and of the peers, seed by seed, so that one pair of sides is in memory or on disk. */
async function judge(size: (typeof SIZES)[number], withPeers: boolean): Promise<Verdicts> {
  const folder = await mkdtemp(join(tmpdir(), 'drift-peer-'));
  const [exact, sketched, evidently, nannyml]: [boolean[][], boolean[][], boolean[][], boolean[][]] = [[], [], [], []];
  try {
    for (let seed = 1; seed <= size.seeds; seed++) {
      const sides = drawSides(seed, size);
      exact.push(flagsOf(compareColumns(sides.reference, sides.current).columns));
      sketched.push(flagsOf(compareWithProfile(profileColumns(sides.reference), sides.current).columns));
      if (!withPeers || seed > size.peerSeeds) continue;
      await writeColumns(folder, seed, sides);
      const flags = await peerFlags(folder, size.current, plantedColumns.length, [seed]);
      evidently.push(...((flags.evidently ?? []) as boolean[][]));
      nannyml.push(...((flags.nannyml ?? []) as boolean[][]));
      await rm(join(folder, `${seed}-reference.f32`));
      await rm(join(folder, `${seed}-current.f32`));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const some = (flags: boolean[][]): Flags | null => (flags.length > 0 ? flags : null);
  return { exact, sketched, peers: withPeers ? { evidently: some(evidently), nannyml: some(nannyml) } : null };
}

function sameVerdicts(a: Flags, b: Flags): number {
  const same = a.flatMap((seed, i) => seed.map((flag, j) => Number(flag === b[i]![j])));
  return same.reduce((sum, value) => sum + value, 0) / same.length;
}

async function measureSize(size: (typeof SIZES)[number]): Promise<BenchmarkRow[]> {
  const versions = await findDriftPeers();
  const { exact, sketched, peers } = await judge(size, versions.evidently !== null || versions.nannyml !== null);
  const ours = tally(exact);
  const row = (name: string, value: number, rest: Partial<BenchmarkRow> = {}): BenchmarkRow =>
    benchmarkRow({ name: `${size.reference} and ${size.current} rows, ${name}`, value, unit: 'share', ...rest });
  const peerRows = (['evidently', 'nannyml'] as const).flatMap((name) => {
    const flags = peers?.[name];
    if (flags === null || flags === undefined) return [];
    const { found, falseShare } = tally(flags);
    return [
      row(`${name} ${versions[name]} on ${flags.length} seeds: moved found`, found),
      row(`${name}: unmoved among flagged`, falseShare),
    ];
  });
  return [
    row('moved columns found', ours.found, size.wanted ? { target: { atLeast: 1 } } : {}),
    row('unmoved among flagged, mean of the seeds', ours.falseShare, { target: { atMost: MOST_FALSE } }),
    row('same verdict from a profile', sameVerdicts(exact, sketched), { target: { atLeast: 0.99 } }),
    ...peerRows,
  ];
}

/** Ten columns that move by at least 0.1 standard deviations and twenty that do not. */
export async function run({ onProgress, wants }: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (!wants('power')) return [];
  const rows: BenchmarkRow[] = [];
  for (const size of SIZES) {
    onProgress(`drift power, ${size.reference} and ${size.current} rows, ${size.seeds} seeds`);
    rows.push(...(await measureSize(size)));
  }
  return rows;
}
