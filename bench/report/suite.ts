import type { MeasureOnce } from '../support/result-file.js';

/** A bound that the value must keep. Null = measured for information. */
export type Target = { readonly atLeast: number } | { readonly atMost: number } | null;

/** One line of a benchmark's table. */
export interface BenchmarkRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: Target;
  /** The peer's own value, measured in the same run; null when the peer is not installed. */
  readonly peer: { readonly name: string; readonly value: number } | null;
  readonly pass: boolean;
}

export interface BenchmarkContext {
  /** Folder with the public data sets; a benchmark that needs them says so when they are not there. */
  readonly dataFolder: string;
  /** Prints one line of progress. */
  readonly onProgress: (line: string) => void;
  /** False for a section that `--only` leaves out; a long suite asks before each of its parts. */
  readonly wants: (section: string) => boolean;
  /** Sizes that `--rows` asks for; null = those of the benchmark. */
  readonly rows: readonly number[] | null;
  /** Measures a part of a long section, or takes it from the file of `--results`. */
  readonly once: MeasureOnce;
}

/** What a module in bench/ exports as `benchmarks`. */
export interface BenchmarkSuite {
  /** One sentence for `--help`. */
  readonly description: string;
  run(context: BenchmarkContext): Promise<BenchmarkRow[]>;
}

/** True when the value reaches the target. */
export function reaches(value: number, target: Target): boolean {
  if (target === null) return true;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

/** What a row is made of; without target or peer these are null. */
export type MeasuredValue = Pick<BenchmarkRow, 'name' | 'value' | 'unit'> &
  Partial<Pick<BenchmarkRow, 'target' | 'peer'>>;

/** A row whose `pass` follows from value and target. */
export function benchmarkRow({ target = null, peer = null, ...measured }: MeasuredValue): BenchmarkRow {
  return { ...measured, target, peer, pass: reaches(measured.value, target) };
}
