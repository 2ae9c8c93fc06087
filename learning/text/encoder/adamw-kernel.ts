import { assembleModule, code, op, type Code, type WasmFunction } from '../../numeric/wasm/assembler.js';

/** Float32 values per SIMD instruction; arrays are padded with zeros to a multiple of it. */
export const LANES = 4;
const VECTOR_BYTES = 16;

/** Positions of the constants in their block; each is stored four times as float32. */
export const constantSlots = {
  /** Clipping factor of the gradient. */
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

/** WebAssembly loops of the optimiser. Arguments are byte addresses; lengths are positive multiples of 16 bytes. */
export interface AdamKernel {
  /** One step of AdamW (Loshchilov & Hutter 2019, algorithm 2) over the weights from `weight` to `end`. */
  step(
    ...addresses: [weight: number, end: number, gradient: number, first: number, second: number, constants: number]
  ): void;
  /** Adds the squares of the values from `start` to `end` to the four float32 at `result`. */
  squares(start: number, end: number, result: number): void;
}

const [weight, end, gradient, first, second, constants] = [0, 1, 2, 3, 4, 5];
const [clipped, moment, spread] = [6, 7, 8];

const constant = (name: keyof typeof constantSlots): Code =>
  code(op.localGet(constants), op.v128Load(constantSlots[name] * VECTOR_BYTES));
const load = (address: number): Code => code(op.localGet(address), op.v128Load());
const advance = (address: number): Code =>
  code(op.localGet(address), op.i32Const(VECTOR_BYTES), op.i32Add, op.localSet(address));

/** Advances an address by one vector; leaves on the stack whether it is still below `limit`. */
const nextBefore = (address: number, limit: number): Code =>
  code(
    code(op.localGet(address), op.i32Const(VECTOR_BYTES), op.i32Add, op.localTee(address)),
    code(op.localGet(limit), op.i32LessUnsigned),
  );

/** first = beta1 · first + (1 − beta1) · clip · gradient; the store's address goes on the stack before its value. */
const updateFirst: Code = code(
  code(load(gradient), constant('clip'), op.f32x4Multiply, op.localSet(clipped)),
  code(op.localGet(first), load(first), constant('beta1'), op.f32x4Multiply),
  code(op.localGet(clipped), constant('oneMinusBeta1'), op.f32x4Multiply, op.f32x4Add),
  code(op.localTee(moment), op.v128Store()),
);

/** second = beta2 · second + (1 − beta2) · (clip · gradient)² */
const updateSecond: Code = code(
  code(op.localGet(second), load(second), constant('beta2'), op.f32x4Multiply),
  code(op.localGet(clipped), op.localGet(clipped), op.f32x4Multiply),
  code(constant('oneMinusBeta2'), op.f32x4Multiply, op.f32x4Add),
  code(op.localTee(spread), op.v128Store()),
);

/** weight = keep · weight − rate · first / (sqrt(second) · correction2 + epsilon) */
const updateWeight: Code = code(
  code(op.localGet(weight), load(weight), constant('keep'), op.f32x4Multiply),
  code(op.localGet(moment), constant('rate'), op.f32x4Multiply),
  code(op.localGet(spread), op.f32x4SquareRoot, constant('correction2'), op.f32x4Multiply, constant('epsilon')),
  code(op.f32x4Add, op.f32x4Divide, op.f32x4Subtract, op.v128Store()),
);

const step: WasmFunction = {
  name: 'step',
  parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
  locals: ['v128', 'v128', 'v128'],
  body: op.doWhile(
    code(updateFirst, updateSecond, updateWeight, advance(gradient), advance(first), advance(second)),
    nextBefore(weight, end),
  ),
};

const [start, stop, result, value] = [0, 1, 2, 3];

const squares: WasmFunction = {
  name: 'squares',
  parameters: ['i32', 'i32', 'i32'],
  locals: ['v128'],
  body: op.doWhile(
    code(
      code(load(start), op.localSet(value), op.localGet(result), load(result)),
      code(op.localGet(value), op.localGet(value), op.f32x4Multiply, op.f32x4Add, op.v128Store()),
    ),
    nextBefore(start, stop),
  ),
};

const kernelBytes = assembleModule([step, squares]);

/** Instantiates the kernel on the optimiser's memory. */
export function createAdamKernel(memory: WebAssembly.Memory): AdamKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes), { host: { memory } });
  return exports as unknown as AdamKernel;
}
