/*
 * The part of the protobuf wire format (https://protobuf.dev/programming-guides/encoding) that the calls of every command
 * need; other calls use the SDK.
 */

const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_LENGTH = 2;
const WIRE_32_BITS = 5;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** Encodes a length-delimited field: a string or an embedded message. */
export function lengthField(field: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(field * 8 + WIRE_LENGTH), varint(bytes.length), bytes]);
}

/** Encodes a varint field: an enum or another non-negative integer. */
export const integerField = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field * 8 + WIRE_VARINT), varint(value)]);

/**
 * Contents of all length-delimited fields with this number, in order; other fields are skipped.
 * @throws RangeError for bytes that are not a valid message.
 */
export function lengthFields(message: Buffer, wanted: number): readonly Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const sizeOf = (wire: number): number => {
    if (wire === WIRE_LENGTH) return readVarint();
    if (wire === WIRE_64_BITS) return 8;
    if (wire === WIRE_32_BITS) return 4;
    if (wire !== WIRE_VARINT) throw new RangeError(`unknown wire type ${wire}`);
    readVarint();
    return 0;
  };
  while (at < message.length) {
    const tag = readVarint();
    const size = sizeOf(tag % 8);
    if (at + size > message.length) throw new RangeError('the message ends within a field');
    if (tag % 8 === WIRE_LENGTH && Math.floor(tag / 8) === wanted) found.push(message.subarray(at, at + size));
    at += size;
  }
  return found;
}
