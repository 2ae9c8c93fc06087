import { assembleModule, code, op, type Code, type WasmFunction } from '../../numeric/wasm/assembler.js';

/** Bins of a feature in a histogram; each holds a gradient and a hessian as two float64. */
export const HISTOGRAM_BINS = 256;
const BIN_BYTES_LOG2 = 4;
const FEATURE_BYTES = HISTOGRAM_BINS << BIN_BYTES_LOG2;

/** Features handled in one turn of the inner loop; the number of features is padded to a multiple of it. */
export const FEATURES_AT_ONCE = 4;

/** The loops over a histogram. Arguments are byte addresses in the memory, and one width. */
export interface HistogramKernel {
  /**
   * Adds rows. `histogram` float64 pairs by feature and bin · `bins` uint8 rows of `stride` features · `rows` int32
   * row numbers up to (not including) `rowsEnd`, at least one · `pairs` float64 gradient and hessian by row.
   */
  accumulate(
    ...addresses: [histogram: number, bins: number, stride: number, rows: number, rowsEnd: number, pairs: number]
  ): void;
  /** Subtracts one histogram from another that lies at `target` … `targetEnd`. */
  subtract(target: number, targetEnd: number, subtracted: number): void;
}

const [histogram, bins, stride, rows, rowsEnd, pairs] = [0, 1, 2, 3, 4, 5];
const [row, cell, cellsEnd, feature, bin, pair] = [6, 7, 8, 9, 10, 11];

/** histogram[feature + k][bins[cell + k]] += pair */
const addToBin = (k: number): Code =>
  code(
    op.localGet(cell),
    op.i32Load8Unsigned(k),
    op.i32Const(BIN_BYTES_LOG2),
    op.i32ShiftLeft,
    op.localGet(feature),
    op.i32Add,
    op.localTee(bin),
    op.localGet(bin),
    op.v128Load(k * FEATURE_BYTES),
    op.localGet(pair),
    op.f64x2Add,
    op.v128Store(k * FEATURE_BYTES),
  );

const advance = (local: number, bytes: number): Code =>
  code(op.localGet(local), op.i32Const(bytes), op.i32Add, op.localTee(local));

const isBelow = (end: number): Code => code(op.localGet(end), op.i32LessUnsigned);

/** row = *rows; cell = bins + row * stride; cellsEnd = cell + stride; pair = pairs[row]; feature = histogram */
const startRow: Code = code(
  ...[op.localGet(rows), op.i32Load(), op.localTee(row), op.localGet(stride), op.i32Mul],
  ...[op.localGet(bins), op.i32Add, op.localTee(cell), op.localGet(stride), op.i32Add, op.localSet(cellsEnd)],
  ...[op.localGet(row), op.i32Const(BIN_BYTES_LOG2), op.i32ShiftLeft, op.localGet(pairs), op.i32Add],
  ...[op.v128Load(), op.localSet(pair), op.localGet(histogram), op.localSet(feature)],
);

const addRow: Code = op.doWhile(
  code(
    ...Array.from({ length: FEATURES_AT_ONCE }, (_, k) => addToBin(k)),
    ...[op.localGet(feature), op.i32Const(FEATURES_AT_ONCE * FEATURE_BYTES), op.i32Add, op.localSet(feature)],
  ),
  code(advance(cell, FEATURES_AT_ONCE), isBelow(cellsEnd)),
);

const accumulate: WasmFunction = {
  name: 'accumulate',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  locals: ['i32', 'i32', 'i32', 'i32', 'i32', 'v128'],
  body: op.doWhile(code(startRow, addRow), code(advance(rows, 4), isBelow(rowsEnd))),
};

const [target, targetEnd, subtracted] = [0, 1, 2];
const PAIR_BYTES = 1 << BIN_BYTES_LOG2;

/** *target -= *subtracted, pair by pair */
const subtract: WasmFunction = {
  name: 'subtract',
  parameters: ['i32', 'i32', 'i32'],
  locals: [],
  body: op.doWhile(
    code(
      ...[op.localGet(target), op.localGet(target), op.v128Load(), op.localGet(subtracted), op.v128Load()],
      ...[op.f64x2Subtract, op.v128Store(), op.localGet(subtracted), op.i32Const(PAIR_BYTES), op.i32Add],
      op.localSet(subtracted),
    ),
    code(advance(target, PAIR_BYTES), isBelow(targetEnd)),
  ),
};

const kernelBytes = assembleModule([accumulate, subtract]);

/** Instantiates the loops on a memory. In the same order, they give bit for bit what plain loops give. */
export function createHistogramKernel(memory: WebAssembly.Memory): HistogramKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes), { host: { memory } });
  return exports as unknown as HistogramKernel;
}
