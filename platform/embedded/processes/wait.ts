import { setTimeout as pause } from 'node:timers/promises';

/** How long and how often `waitUntil` checks. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** Pause between two checks, in milliseconds. */
  readonly everyMs: number;
}

/** Polls until the condition holds. @returns False on timeout. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs }: WaitOptions,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    await pause(everyMs);
  }
}

/** Settles like the promise, or rejects with `fault()` on timeout. */
export async function within<T>(promise: Promise<T>, timeoutMs: number, fault: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault()), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
