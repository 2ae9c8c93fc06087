import { assembleModule, code, op, type Code, type WasmFunction } from '../../numeric/wasm/assembler.js';

/** Float32 values handled in one turn; arrays are padded with zeros to a multiple of it. */
export const LANES = 4;
const VECTOR_BYTES = 16;

/** Places of the constants in their block, each four times the same float32. */
export const constantSlots = {
  /** Factor that clips the gradient. */
  clip: 0,
  beta1: 1,
  oneMinusBeta1: 2,
  beta2: 3,
  oneMinusBeta2: 4,
  /** 1 / sqrt(1 − beta2^step) */
  correction2: 5,
  epsilon: 6,
  /** learning rate / (1 − beta1^step) */
  rate: 7,
  /** 1 − learning rate · weight decay */
  keep: 8,
} as const;
export const CONSTANT_BYTES = 9 * VECTOR_BYTES;

/** Loops of the optimiser; all arguments are byte addresses, lengths multiples of 16 bytes and not 0. */
export interface AdamKernel {
  /** One step of AdamW over a stretch of weights. */
  step(
    ...addresses: [weight: number, end: number, gradient: number, first: number, second: number, constants: number]
  ): void;
  /** Adds the squares of `start` … `end` to the four float32 at `result`. */
  squares(start: number, end: number, result: number): void;
}

const [weight, end, gradient, first, second, constants] = [0, 1, 2, 3, 4, 5];
const [clipped, moment, spread] = [6, 7, 8];

const constant = (name: keyof typeof constantSlots): Code =>
  code(op.localGet(constants), op.v128Load(constantSlots[name] * VECTOR_BYTES));
const load = (address: number): Code => code(op.localGet(address), op.v128Load());
const advance = (address: number): Code =>
  code(op.localGet(address), op.i32Const(VECTOR_BYTES), op.i32Add, op.localSet(address));

/** first = beta1 · first + (1 − beta1) · gradient; address first on the stack for the store. */
const updateFirst: Code = code(
  ...[load(gradient), constant('clip'), op.f32x4Multiply, op.localSet(clipped), op.localGet(first)],
  ...[load(first), constant('beta1'), op.f32x4Multiply],
  ...[op.localGet(clipped), constant('oneMinusBeta1'), op.f32x4Multiply, op.f32x4Add],
  ...[op.localTee(moment), op.v128Store()],
);

const updateSecond: Code = code(
  ...[op.localGet(second), load(second), constant('beta2'), op.f32x4Multiply],
  ...[op.localGet(clipped), op.localGet(clipped), op.f32x4Multiply, constant('oneMinusBeta2'), op.f32x4Multiply],
  ...[op.f32x4Add, op.localTee(spread), op.v128Store()],
);

/** weight = keep · weight − rate · first / (sqrt(second) · correction2 + epsilon) */
const updateWeight: Code = code(
  ...[op.localGet(weight), load(weight), constant('keep'), op.f32x4Multiply],
  ...[op.localGet(moment), constant('rate'), op.f32x4Multiply],
  ...[op.localGet(spread), op.f32x4SquareRoot, constant('correction2'), op.f32x4Multiply, constant('epsilon')],
  ...[op.f32x4Add, op.f32x4Divide, op.f32x4Subtract, op.v128Store()],
);

const step: WasmFunction = {
  name: 'step',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  locals: ['v128', 'v128', 'v128'],
  body: op.doWhile(
    code(updateFirst, updateSecond, updateWeight, advance(gradient), advance(first), advance(second)),
    code(
      ...[op.localGet(weight), op.i32Const(VECTOR_BYTES), op.i32Add, op.localTee(weight)],
      ...[op.localGet(end), op.i32LessUnsigned],
    ),
  ),
};

const [start, stop, result, value] = [0, 1, 2, 3];

const squares: WasmFunction = {
  name: 'squares',
  parameters: ['i32', 'i32', 'i32'],
  locals: ['v128'],
  body: op.doWhile(
    code(
      ...[load(start), op.localSet(value), op.localGet(result), load(result), op.localGet(value), op.localGet(value)],
      ...[op.f32x4Multiply, op.f32x4Add, op.v128Store()],
    ),
    code(
      ...[op.localGet(start), op.i32Const(VECTOR_BYTES), op.i32Add, op.localTee(start)],
      ...[op.localGet(stop), op.i32LessUnsigned],
    ),
  ),
};

const kernelBytes = assembleModule([step, squares]);

export function createAdamKernel(memory: WebAssembly.Memory): AdamKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes), { host: { memory } });
  return exports as unknown as AdamKernel;
}
