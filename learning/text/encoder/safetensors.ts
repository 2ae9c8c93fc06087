import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';

/** A float32 tensor, row-major. */
export interface NamedTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Contents of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** The header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const HEADER_LIMIT = 100_000_000;
const ALIGNMENT = 8;
const SPACE = 0x20;

const invalid = (what: string): PipelineError => new PipelineError('MALFORMED_FILE', `safetensors: ${what}`);

const LFS_POINTER = 'version https://git-lfs.github.com/';
/** Whether the bytes are the pointer file that Git LFS leaves in place of a file that was not fetched. */
const isLfsPointer = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.subarray(0, LFS_POINTER.length)) === LFS_POINTER;

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (isLfsPointer(bytes))
    throw invalid('this is a Git LFS pointer instead of the weights; fetch them with `git lfs pull`');
  if (bytes.length < 8) throw invalid('the file is shorter than its length field');
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + length;
  if (length > HEADER_LIMIT || start > bytes.length) throw invalid('the header is longer than the file');
  try {
    return { header: z.record(z.string(), z.unknown()).parse(parseJson(bytes.subarray(8, start))), start };
  } catch {
    throw invalid('the header is not JSON');
  }
}

const parseJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes)) as unknown;

/** A view without copying where the alignment allows it. */
function readFloats(bytes: Uint8Array): Float32Array {
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Float32Array(bytes.slice().buffer);
}

/** IEEE half precision: sign 1, exponent 5, fraction 10 bits. */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function readHalves(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => fromHalf(view.getUint16(2 * i, true)));
}

/** bfloat16 is the upper half of a float32. */
function readBrainFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bits = Uint32Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true) << 16);
  return new Float32Array(bits.buffer);
}

const readers = {
  F32: { size: 4, read: readFloats },
  F16: { size: 2, read: readHalves },
  BF16: { size: 2, read: readBrainFloats },
} as const;

function readTensor(name: string, value: unknown, data: Uint8Array): NamedTensor | null {
  const parsed = entry.safeParse(value);
  if (!parsed.success) throw invalid(`tensor ${name} has an invalid description`);
  const { dtype, shape, data_offsets } = parsed.data;
  // Integer tensors are index buffers (position_ids), which are not used.
  if (!Object.hasOwn(readers, dtype)) return null;
  const { size, read } = readers[dtype as keyof typeof readers];
  const [from, to] = data_offsets;
  const count = countOf(shape);
  if (to - from !== count * size || to > data.length) throw invalid(`tensor ${name} does not fit its data_offsets`);
  return { dims: shape, data: read(data.subarray(from, to)) };
}

/**
 * Reads a safetensors file (huggingface/safetensors 0.x): F32 without copying where aligned, F16 and BF16 converted to
 * float32; tensors of other types are skipped.
 * @throws PipelineError `MALFORMED_FILE`.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, start } = readHeader(bytes);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const found = readTensor(name, value, bytes.subarray(start));
    if (found) tensors.set(name, found);
  }
  return { tensors, metadata: z.record(z.string(), z.string()).catch({}).parse(header.__metadata__) };
}

type TensorShape = readonly [name: string, dims: readonly number[]];

const countOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

function headerOf(tensors: readonly TensorShape[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, dims] of tensors) {
    const start = end;
    end += 4 * countOf(dims);
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [start, end] };
  }
  return new TextEncoder().encode(JSON.stringify(header));
}

function putHeader(header: Uint8Array, room: Uint8Array): void {
  new DataView(room.buffer, room.byteOffset, 8).setBigUint64(0, BigInt(room.length - 8), true);
  room.fill(SPACE, 8).set(header, 8);
}

/**
 * Writes the header of a file whose body, consecutive float32 tensors, already follows `room` in memory.
 * @param room - overwritten completely; a multiple of 8 bytes.
 * @throws PipelineError `INVALID_INPUT` when it is too small.
 */
export function writeSafetensorsHeader(
  room: Uint8Array,
  tensors: readonly TensorShape[],
  metadata: Readonly<Record<string, string>>,
): void {
  const header = headerOf(tensors, metadata);
  if (header.length + 8 > room.length) {
    throw new PipelineError('INVALID_INPUT', `a header of ${header.length} bytes, room for ${room.length - 8}`);
  }
  putHeader(header, room);
}

/** Writes float32 tensors in the given order. Deterministic. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NamedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const all = [...tensors];
  const shapes = all.map(([name, { dims }]): TensorShape => [name, dims]);
  const header = headerOf(shapes, metadata);
  let at = 8 + Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(all.reduce((sum, [, { data }]) => sum + data.byteLength, at));
  putHeader(header, bytes.subarray(0, at));
  for (const [, { data }] of all) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
