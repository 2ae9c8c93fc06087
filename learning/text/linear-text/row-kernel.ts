import { assembleModule, code, op, type Code, type WasmFunction } from '../../numeric/wasm/assembler.js';

/** Classes handled in one turn of the inner loops; rows of weights are padded with zeros to a multiple of it. */
export const CLASSES_AT_ONCE = 4;
/** Entries of a sparse row handled in one turn of `score`; rows are padded to a multiple of it. */
export const ENTRIES_AT_ONCE = 4;

const F32_BYTES = 4;
const F64_BYTES = 8;
const ADDRESS_BYTES = 4;
/** Bytes of two classes' weights, and of their scores or steps. */
const [PAIR_OF_WEIGHTS, PAIR_OF_SCORES] = [2 * F32_BYTES, 2 * F64_BYTES];

/**
 * The loops of dual coordinate ascent over one sparse row. An entry is a float64 value and the byte address of its
 * column's weights, float32 by class; `entries` … `entriesEnd` are the addresses, one or more, and `values` the values.
 */
export interface RowKernel {
  /** scores[k] += Σ value · weights[column, k] in float64, entry by entry. The entries are padded with values of 0. */
  score(...addresses: [scores: number, scoresEnd: number, entries: number, entriesEnd: number, values: number]): void;
  /** weights[column, k] += value · step[k], added in float64. Without padding: a column must not come twice. */
  add(...addresses: [step: number, stepEnd: number, entries: number, entriesEnd: number, values: number]): void;
}

const [vector, vectorEnd, entries, entriesEnd, values] = [0, 1, 2, 3, 4];
const parameters = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
/** The position in `vector`; weights and value of each entry. */
const at = 5;
const weightOf = (entry: number): number => 6 + entry;

const advance = (local: number, bytes: number): Code =>
  code(op.localGet(local), op.i32Const(bytes), op.i32Add, op.localSet(local));
const nextBefore = (local: number, bytes: number, end: number): Code =>
  code(
    code(op.localGet(local), op.i32Const(bytes), op.i32Add, op.localTee(local)),
    code(op.localGet(end), op.i32LessUnsigned),
  );

/** Two weights of an entry as float64. */
const weights = (entry: number, pair: number): Code =>
  code(op.localGet(weightOf(entry)), op.v128Load64Zero(pair * PAIR_OF_WEIGHTS), op.f64x2PromoteLowF32x4);

/** Reads address and value of `count` entries into locals, the values from local `value` on. */
const readEntries = (count: number, value: number): Code =>
  code(
    ...Array.from({ length: count }, (_, k) =>
      code(
        ...[op.localGet(entries), op.i32Load(k * ADDRESS_BYTES), op.localSet(weightOf(k))],
        ...[op.localGet(values), op.v128Load64Splat(k * F64_BYTES), op.localSet(value + k)],
      ),
    ),
  );

/** Advances by one turn of classes; leaves on the stack whether there are more. */
const nextClasses = (count: number): Code =>
  code(
    ...Array.from({ length: count }, (_, k) => advance(weightOf(k), CLASSES_AT_ONCE * F32_BYTES)),
    nextBefore(at, CLASSES_AT_ONCE * F64_BYTES, vectorEnd),
  );
const nextEntries = (count: number): Code =>
  code(advance(values, count * F64_BYTES), nextBefore(entries, count * ADDRESS_BYTES, entriesEnd));

const pairsOf = (update: (pair: number) => Code): Code =>
  code(...Array.from({ length: CLASSES_AT_ONCE / 2 }, (_, pair) => update(pair)));

const startOfVector = code(op.localGet(vector), op.localSet(at));

const SCORE_VALUES = weightOf(ENTRIES_AT_ONCE);
const scorePair = (pair: number): Code =>
  code(
    ...[op.localGet(at), op.localGet(at), op.v128Load(pair * PAIR_OF_SCORES)],
    ...Array.from({ length: ENTRIES_AT_ONCE }, (_, k) =>
      code(weights(k, pair), op.localGet(SCORE_VALUES + k), op.f64x2Multiply, op.f64x2Add),
    ),
    op.v128Store(pair * PAIR_OF_SCORES),
  );

const score: WasmFunction = {
  name: 'score',
  parameters,
  locals: ['i32', ...Array<'i32'>(ENTRIES_AT_ONCE).fill('i32'), ...Array<'v128'>(ENTRIES_AT_ONCE).fill('v128')],
  body: op.doWhile(
    code(
      readEntries(ENTRIES_AT_ONCE, SCORE_VALUES),
      startOfVector,
      op.doWhile(pairsOf(scorePair), nextClasses(ENTRIES_AT_ONCE)),
    ),
    nextEntries(ENTRIES_AT_ONCE),
  ),
};

const ADD_VALUE = weightOf(1);
const addPair = (pair: number): Code =>
  code(
    op.localGet(weightOf(0)),
    ...[weights(0, pair), op.localGet(at), op.v128Load(pair * PAIR_OF_SCORES), op.localGet(ADD_VALUE)],
    ...[op.f64x2Multiply, op.f64x2Add, op.f32x4DemoteF64x2Zero, op.v128Store64Lower(pair * PAIR_OF_WEIGHTS)],
  );

const add: WasmFunction = {
  name: 'add',
  parameters,
  locals: ['i32', 'i32', 'v128'],
  body: op.doWhile(
    code(readEntries(1, ADD_VALUE), startOfVector, op.doWhile(pairsOf(addPair), nextClasses(1))),
    nextEntries(1),
  ),
};

const kernelBytes = assembleModule([score, add]);

/** Instantiates the loops on a memory. In the same order, they give bit for bit what plain loops give. */
export function createRowKernel(memory: WebAssembly.Memory): RowKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes), { host: { memory } });
  return exports as unknown as RowKernel;
}
