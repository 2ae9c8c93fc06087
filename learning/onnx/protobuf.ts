/*
 * Writer of the protobuf wire format (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it.
 * A message keeps a list of byte chunks and is flattened once at the end, so weights are copied once however deep.
 */

const encoder = new TextEncoder();

const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const WIRE_FLOAT = 5;

function varintBytes(value: number | bigint): number[] {
  const bytes: number[] = [];
  // Negative numbers are written as 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** One protobuf message; fields are written in the order of the calls. Numbers of fields come from `onnx.proto`. */
export class ProtobufMessage {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  private push(bytes: Uint8Array): this {
    this.chunks.push(bytes);
    this.length += bytes.length;
    return this;
  }

  private tag(field: number, wire: number): this {
    return this.push(Uint8Array.from(varintBytes(field * 8 + wire)));
  }

  /** int32, int64, bool or enum. @param value - a safe integer or bigint. */
  integer(field: number, value: number | bigint): this {
    return this.tag(field, WIRE_VARINT).push(Uint8Array.from(varintBytes(value)));
  }

  /** A float32 number. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.tag(field, WIRE_FLOAT).push(bytes);
  }

  /** The bytes are not copied before `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, WIRE_LENGTH)
      .push(Uint8Array.from(varintBytes(value.length)))
      .push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: ProtobufMessage): this {
    this.tag(field, WIRE_LENGTH).push(Uint8Array.from(varintBytes(value.length)));
    for (const chunk of value.chunks) this.push(chunk);
    return this;
  }

  /** Repeated integers in one packed field. */
  integers(field: number, values: ArrayLike<number>): this {
    const bytes: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value >= 0 && value < 0x80) bytes.push(value);
      else bytes.push(...varintBytes(value));
    }
    return this.bytes(field, Uint8Array.from(bytes));
  }

  /** Repeated float32 numbers in one packed field. */
  floats(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
