import { endianness } from 'node:os';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PipelineError } from '../../contracts/errors.js';
import type { OnlineState, OnlineValue } from './online-value.js';

/*
 * Layout, little-endian: uint32 view version · uint32 count · float64 event time (ms) · body.
 * Features: `count` float64. State: `count` bytes, the first of which says how the JSON after it is written.
 * The script in redis-store.ts reads the event time at byte 8.
 */
/** Bytes of the header, after which the body begins. */
export const HEADER_BYTES = 16;
/** The processor's numbers are laid out as the stored ones: they are copied at once. */
const IS_LITTLE_ENDIAN = endianness() === 'LE';
/** Byte position of the event time. */
export const EVENT_TIME_OFFSET = 8;

/** Shorter JSON is stored as it is: compressing it saves nothing. */
const SMALLEST_DEFLATED_BYTES = 512;
/** Of a state's JSON, against a forged value. */
const LARGEST_STATE_BYTES = 2 ** 26;
const PLAIN = 0;
const DEFLATED = 1;

/** The event time of a packed value, milliseconds. */
export const eventTimeOf = (bytes: Buffer): number => bytes.readDoubleLE(EVENT_TIME_OFFSET);

function writeHeader(bytes: Buffer, count: number, value: { viewVersion: number; eventTime: number }): void {
  bytes.writeUInt32LE(value.viewVersion, 0);
  bytes.writeUInt32LE(count, 4);
  bytes.writeDoubleLE(value.eventTime, EVENT_TIME_OFFSET);
}

const readHeader = (bytes: Buffer) => ({ viewVersion: bytes.readUInt32LE(0), eventTime: eventTimeOf(bytes) });

/** The header's count. @throws PipelineError `BLOB_CORRUPT` when the length does not match it. */
function readCount(bytes: Buffer, bytesEach: number, what: string): number {
  const count = bytes.length < HEADER_BYTES ? -1 : bytes.readUInt32LE(4);
  if (bytes.length === HEADER_BYTES + bytesEach * count) return count;
  throw new PipelineError('BLOB_CORRUPT', `a packed value has ${bytes.length} bytes, its header says ${count} ${what}`);
}

/** One value as 16 + 8n bytes for n features. −0 is written as 0, as in Parquet. */
export function packValue({ features, ...value }: OnlineValue): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 8 * features.length);
  writeHeader(bytes, features.length, value);
  features.forEach((feature, i) => bytes.writeDoubleLE(feature + 0, HEADER_BYTES + 8 * i));
  return bytes;
}

/** The inverse of `packValue`. @throws PipelineError `BLOB_CORRUPT` when the length does not match the header. */
export function unpackValue(bytes: Buffer): OnlineValue {
  const features = new Float64Array(readCount(bytes, 8, 'features'));
  if (IS_LITTLE_ENDIAN) new Uint8Array(features.buffer).set(bytes.subarray(HEADER_BYTES));
  else for (let i = 0; i < features.length; i++) features[i] = bytes.readDoubleLE(HEADER_BYTES + 8 * i);
  return { ...readHeader(bytes), features };
}

/** One state as JSON, deflated where that pays. */
export function packState({ state, ...value }: OnlineState): Buffer {
  const json = Buffer.from(JSON.stringify(state));
  const deflated = json.length >= SMALLEST_DEFLATED_BYTES;
  const body = deflated ? deflateRawSync(json) : json;
  const header = Buffer.allocUnsafe(HEADER_BYTES + 1);
  writeHeader(header, 1 + body.length, value);
  header.writeUInt8(deflated ? DEFLATED : PLAIN, HEADER_BYTES);
  return Buffer.concat([header, body]);
}

function readJson(bytes: Buffer): unknown {
  const body = bytes.subarray(HEADER_BYTES + 1);
  const deflated = bytes.readUInt8(HEADER_BYTES) === DEFLATED;
  const json = deflated ? inflateRawSync(body, { maxOutputLength: LARGEST_STATE_BYTES }) : body;
  return JSON.parse(json.toString('utf8'));
}

/** The inverse of `packState`. @throws PipelineError `BLOB_CORRUPT` for anything else. */
export function unpackState(bytes: Buffer): OnlineState {
  readCount(bytes, 1, 'bytes of state');
  try {
    return { ...readHeader(bytes), state: readJson(bytes) };
  } catch (cause) {
    throw new PipelineError('BLOB_CORRUPT', 'a packed state holds no JSON', {}, { cause });
  }
}
