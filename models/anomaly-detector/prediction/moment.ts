import { z } from 'zod';

const HOURS_PER_MINUTE = 1 / 60;
const OFFSET = /([+-])(\d{2}):?(\d{2})$/;

/** A time as a request writes it: ISO 8601, with or without an offset. */
export const moment = z.iso.datetime({ offset: true, local: true });

interface Moment {
  /** Milliseconds since the epoch; a text without a zone is read as UTC. */
  readonly bookedAt: number;
  /** Offset that the text names, in hours; null: it names none. */
  readonly utcOffsetHours: number | null;
  /** False for a text without offset and without `Z`: a time on a clock that only the reader knows. */
  readonly zoned: boolean;
}

export function readMoment(text: string): Moment {
  const [, sign, hours = '0', minutes = '0'] = OFFSET.exec(text) ?? [];
  if (sign === undefined) {
    const zoned = text.endsWith('Z');
    return { bookedAt: Date.parse(zoned ? text : `${text}Z`), utcOffsetHours: null, zoned };
  }
  const offset = Number(hours) + Number(minutes) * HOURS_PER_MINUTE;
  return { bookedAt: Date.parse(text), utcOffsetHours: sign === '-' ? -offset : offset, zoned: true };
}
