import { reserveMemory } from '../../numeric/wasm/memory.js';
import { createHistogramKernel, FEATURES_AT_ONCE, HISTOGRAM_BINS } from './histogram-kernel.js';

/** Sizes of one fit. */
export interface WorkspaceShape {
  readonly rows: number;
  readonly features: number;
  /** Histograms in use at the same time. */
  readonly histograms: number;
}

/** The arrays of one fit, side by side in the memory that the histogram kernel works on. */
export interface Workspace {
  /** Distance from a row's bins to the next row's: the number of features, padded. */
  readonly stride: number;
  /** (rows, stride) bin of each cell, row-major; padding stays 0. */
  readonly bins: Uint8Array;
  /** Row numbers, ordered so that each node of the growing tree owns a contiguous range. */
  readonly rows: Int32Array;
  /** (rows, 2) gradient and hessian. */
  readonly pairs: Float64Array;
  /** Each (stride, 256, 2): sums of gradient and hessian by feature and bin. */
  readonly histograms: readonly Float64Array[];
  /** Clears a histogram and adds the rows at `begin` … `end − 1` of `rows`. */
  fillHistogram(slot: number, begin: number, end: number): void;
  /** Subtracts one histogram from another. */
  subtractHistogram(slot: number, subtracted: number): void;
}

/**
 * Reserves the arrays of one fit. Memory: rows · (features + 20) bytes and 4 kB a feature and histogram.
 * @throws PipelineError `INVALID_INPUT` beyond 4 GB.
 */
export function createWorkspace({ rows, features, histograms }: WorkspaceShape): Workspace {
  const stride = Math.ceil(features / FEATURES_AT_ONCE) * FEATURES_AT_ONCE;
  const histogramLength = stride * HISTOGRAM_BINS * 2;
  const sizes = [rows * stride, rows * 4, rows * 16, ...Array<number>(histograms).fill(histogramLength * 8)];
  const { memory, starts } = reserveMemory(sizes, 'rows');
  const [binsAt, rowsAt, pairsAt] = starts as readonly [number, number, number];
  const slots = starts.slice(3).map((start) => new Float64Array(memory.buffer, start, histogramLength));
  const kernel = createHistogramKernel(memory);
  return {
    stride,
    bins: new Uint8Array(memory.buffer, binsAt, rows * stride),
    rows: new Int32Array(memory.buffer, rowsAt, rows),
    pairs: new Float64Array(memory.buffer, pairsAt, rows * 2),
    histograms: slots,
    fillHistogram(slot, begin, end) {
      slots[slot]!.fill(0);
      if (end > begin) {
        kernel.accumulate(starts[3 + slot]!, binsAt, stride, rowsAt + begin * 4, rowsAt + end * 4, pairsAt);
      }
    },
    subtractHistogram(slot, subtracted) {
      const start = starts[3 + slot]!;
      kernel.subtract(start, start + histogramLength * 8, starts[3 + subtracted]!);
    },
  };
}
