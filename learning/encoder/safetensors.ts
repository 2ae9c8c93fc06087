import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';

/** Numbers with their sizes, row-major. */
export interface NamedTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Free texts of the header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const HEADER_LIMIT = 100_000_000;
const ALIGNMENT = 8;

const invalid = (what: string): PipelineError => new PipelineError('MALFORMED_FILE', `safetensors: ${what}`);

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
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

/** A view where the position allows it: weights are large and read only. */
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
  if (!parsed.success) throw invalid(`tensor ${name} is described wrongly`);
  const { dtype, shape, data_offsets } = parsed.data;
  // Integer tensors are index buffers (position_ids), which nothing here needs.
  if (!Object.hasOwn(readers, dtype)) return null;
  const { size, read } = readers[dtype as keyof typeof readers];
  const [from, to] = data_offsets;
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (to - from !== count * size || to > data.length) throw invalid(`tensor ${name} does not fit its place`);
  return { dims: shape, data: read(data.subarray(from, to)) };
}

/**
 * Reads a safetensors file (format of huggingface/safetensors 0.x): F32 without copying, F16 and BF16 widened; other
 * types are left out.
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

/** Writes float32 tensors in the order given; the same content gives the same bytes. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, NamedTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Float32Array[] = [];
  let end = 0;
  for (const [name, { dims, data }] of tensors) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [end, end + data.byteLength] };
    parts.push(data);
    end += data.byteLength;
  }
  const text = JSON.stringify(header);
  const described = new TextEncoder().encode(text);
  const padded = Math.ceil(described.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(described, 8);
  let at = 8 + padded;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}
