import { PipelineError } from '../../contracts/errors.js';
import type { OnlineValue } from './online-store.js';

/*
 * Layout, little-endian: uint32 view version · uint32 number of features · float64 event time (ms) · float64 features.
 * The script in redis-store.ts reads the event time at byte 8.
 */
const HEADER_BYTES = 16;
/** Byte position of the event time. */
export const EVENT_TIME_OFFSET = 8;

/** One value as 16 + 8n bytes for n features. −0 is written as 0, as in Parquet. */
export function packValue({ viewVersion, eventTime, features }: OnlineValue): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 8 * features.length);
  bytes.writeUInt32LE(viewVersion, 0);
  bytes.writeUInt32LE(features.length, 4);
  bytes.writeDoubleLE(eventTime, EVENT_TIME_OFFSET);
  features.forEach((feature, i) => bytes.writeDoubleLE(feature + 0, HEADER_BYTES + 8 * i));
  return bytes;
}

/** The inverse of `packValue`. @throws PipelineError `BLOB_CORRUPT` when the length does not match the header. */
export function unpackValue(bytes: Buffer): OnlineValue {
  const count = bytes.length < HEADER_BYTES ? -1 : bytes.readUInt32LE(4);
  if (bytes.length !== HEADER_BYTES + 8 * count)
    throw new PipelineError(
      'BLOB_CORRUPT',
      `a packed feature value has ${bytes.length} bytes, its header says ${count} features`,
    );
  const features = new Float64Array(count);
  for (let i = 0; i < count; i++) features[i] = bytes.readDoubleLE(HEADER_BYTES + 8 * i);
  return { viewVersion: bytes.readUInt32LE(0), eventTime: bytes.readDoubleLE(EVENT_TIME_OFFSET), features };
}
