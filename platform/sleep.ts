import { setTimeout as pause } from 'node:timers/promises';

/** Waits, without keeping the process alive. @returns false when the signal was aborted before or meanwhile. */
export const sleep = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  pause(milliseconds, true, { signal, ref: false }).catch(() => false);
