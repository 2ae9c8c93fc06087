import { reserveMemory } from '../../numeric/wasm/memory.js';
import { CLASSES_AT_ONCE, createRowKernel, ENTRIES_AT_ONCE } from './row-kernel.js';
import type { SparseRows } from './text-features.js';

const ADDRESS_BYTES = 4;

/** Rows, weights and vectors of one fit, in the memory that the row kernel works on. */
export interface DualWorkspace {
  /** (classes,) scores of the row that was scored last. */
  readonly scores: Float64Array;
  /** (classes,) what `addRow` adds. */
  readonly step: Float64Array;
  /** Computes scores[k] = Σ value · weights[column, k] + bias[k] of a row. */
  scoreRow(row: number): void;
  /** Adds `step` times the row to the weights, the bias included. */
  addRow(row: number): void;
  /** Multiplies all weights. */
  rescale(factor: number): void;
  /** @returns (cols + 1, classes) row-major; the last row is the bias. */
  copyWeights(): Float32Array;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Entries of a row, the bias first and padding last. */
const entriesOf = ({ starts }: SparseRows, row: number): number => starts[row + 1]! - starts[row]! + 1;

/** Start of each row's entries; rows are padded for the kernel. */
function paddedStarts(x: SparseRows): Float64Array {
  const starts = new Float64Array(x.rows + 1);
  for (let row = 0; row < x.rows; row++) starts[row + 1] = starts[row]! + roundUp(entriesOf(x, row), ENTRIES_AT_ONCE);
  return starts;
}

/** Writes the rows' entries; those of padding have the value 0 and the address of the bias. */
function writeEntries(
  x: SparseRows,
  starts: Float64Array,
  { addresses, values }: { readonly addresses: Uint32Array; readonly values: Float64Array },
  rowBytes: number,
): void {
  addresses.fill(x.cols * rowBytes);
  for (let row = 0; row < x.rows; row++) {
    let to = starts[row]!;
    values[to++] = 1;
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++, to++) {
      addresses[to] = x.indices[at]! * rowBytes;
      values[to] = x.values[at]!;
    }
  }
}

/** Copies of rows without their padding. */
function withoutPadding(padded: Float32Array, rows: number, width: number): Float32Array {
  const stride = padded.length / rows;
  if (stride === width) return padded.slice();
  const compact = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) compact.set(padded.subarray(row * stride, row * stride + width), row * width);
  return compact;
}

/**
 * Reserves the arrays of one fit, with weights of 0. Memory: 4 bytes a weight and 12 bytes an entry.
 * @throws PipelineError `INVALID_INPUT` beyond 4 GB.
 */
export function createDualWorkspace(x: SparseRows, classes: number): DualWorkspace {
  const stride = roundUp(classes, CLASSES_AT_ONCE);
  const [weightCount, entryStarts] = [(x.cols + 1) * stride, paddedStarts(x)];
  const entryCount = entryStarts[x.rows]!;
  const vectorBytes = stride * Float64Array.BYTES_PER_ELEMENT;
  // The weights come first, so that a column's address is its number times the bytes of a row.
  const sizes = [weightCount * 4, vectorBytes, vectorBytes, entryCount * ADDRESS_BYTES, entryCount * 8];
  const { memory, starts } = reserveMemory(sizes, 'n-grams and intents');
  const [, scoresAt, stepAt, addressesAt, valuesAt] = starts as readonly [number, number, number, number, number];
  const weights = new Float32Array(memory.buffer, 0, weightCount);
  const entries = {
    addresses: new Uint32Array(memory.buffer, addressesAt, entryCount),
    values: new Float64Array(memory.buffer, valuesAt, entryCount),
  };
  writeEntries(x, entryStarts, entries, stride * Float32Array.BYTES_PER_ELEMENT);
  const kernel = createRowKernel(memory);
  const [scores, step] = [scoresAt, stepAt].map((start) => new Float64Array(memory.buffer, start, classes));
  const addressAt = (entry: number): number => addressesAt + entry * ADDRESS_BYTES;
  const valueAt = (entry: number): number => valuesAt + entry * 8;
  return {
    scores: scores!,
    step: step!,
    scoreRow(row) {
      const [from, to] = [entryStarts[row]!, entryStarts[row + 1]!];
      scores!.fill(0);
      kernel.score(scoresAt, scoresAt + vectorBytes, addressAt(from), addressAt(to), valueAt(from));
    },
    addRow(row) {
      const from = entryStarts[row]!;
      const to = from + entriesOf(x, row);
      kernel.add(stepAt, stepAt + vectorBytes, addressAt(from), addressAt(to), valueAt(from));
    },
    rescale(factor) {
      for (let i = 0; i < weights.length; i++) weights[i]! *= factor;
    },
    copyWeights: () => withoutPadding(weights, x.cols + 1, classes),
  };
}
