import { z } from 'zod';

const HOURS_PER_MINUTE = 1 / 60;
const OFFSET = /([+-])(\d{2}):?(\d{2})$/;

/** A time as a request writes it: ISO 8601, with or without an offset. */
export const moment = z.iso.datetime({ offset: true, local: true });

/** Milliseconds, and the clock's offset in hours; null where the text names none, it then is UTC. */
export function readMoment(text: string): { readonly bookedAt: number; readonly utcOffsetHours: number | null } {
  const [, sign, hours = '0', minutes = '0'] = OFFSET.exec(text) ?? [];
  if (sign === undefined) return { bookedAt: Date.parse(text.endsWith('Z') ? text : `${text}Z`), utcOffsetHours: null };
  const offset = Number(hours) + Number(minutes) * HOURS_PER_MINUTE;
  return { bookedAt: Date.parse(text), utcOffsetHours: sign === '-' ? -offset : offset };
}
