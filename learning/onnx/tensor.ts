import { countMismatch } from '../checks.js';
import { ProtobufMessage } from './protobuf.js';

/** Element types by ONNX's number (TensorProto.DataType). */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const;
export type ElementType = keyof typeof elementTypes;

/** The array that holds a tensor of each type; bool is 0/1 in a Uint8Array. */
interface TensorArrays {
  float32: Float32Array;
  uint8: Uint8Array;
  int8: Int8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  string: readonly string[];
  bool: Uint8Array;
  float64: Float64Array;
}

/** A constant: dims of `[]` make a scalar, data is row-major. */
export interface OnnxTensor<Type extends ElementType = ElementType> {
  readonly type: Type;
  readonly dims: readonly number[];
  readonly data: TensorArrays[Type];
}

const DIMS = 1;
const DATA_TYPE = 2;
const STRING_DATA = 6;
const NAME = 8;
const RAW_DATA = 9;

/**
 * Describes a constant without copying its data.
 * @throws PipelineError `SHAPE_MISMATCH` when dims and data do not agree.
 */
export function tensor<Type extends ElementType>(
  type: Type,
  dims: readonly number[],
  data: TensorArrays[Type],
): OnnxTensor<Type> {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== data.length) {
    throw countMismatch(`a [${dims.join(', ')}] tensor`, data.length, size, { unit: 'values' });
  }
  return { type, dims, data };
}

/** A vector of int64, the type that shapes, axes and indices have. */
export const int64s = (...values: number[]): OnnxTensor<'int64'> =>
  tensor('int64', [values.length], BigInt64Array.from(values, BigInt));

/** A float32 scalar. */
export const scalar = (value: number): OnnxTensor<'float32'> => tensor('float32', [], Float32Array.of(value));

/** TensorProto. Numbers are stored as raw little-endian bytes, the order of all supported platforms. */
export function encodeTensor(name: string, { type, dims, data }: OnnxTensor): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const dim of dims) message.integer(DIMS, dim);
  message.integer(DATA_TYPE, elementTypes[type]).text(NAME, name);
  if (ArrayBuffer.isView(data)) {
    return message.bytes(RAW_DATA, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (const value of data) message.text(STRING_DATA, value);
  return message;
}
