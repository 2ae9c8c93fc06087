import { messageOf } from '../contracts/errors.js';
import { sleep } from './sleep.js';

export interface RepeatOptions {
  /** Pause before each time. */
  readonly everyMs: number;
  /** While the work fails, the pause doubles up to this. @default everyMs */
  readonly longestPauseMs?: number;
  readonly signal: AbortSignal;
  /** Told when the work begins to fail, with the reason, and when it succeeds again, with null. */
  readonly onChange: (reason: string | null) => unknown;
}

/** Does something in the background, again and again until the signal aborts. */
export async function repeat(
  work: () => Promise<unknown>,
  { everyMs, longestPauseMs = everyMs, signal, onChange }: RepeatOptions,
): Promise<void> {
  let pause = everyMs;
  let isFailing = false;
  while (await sleep(pause, signal)) {
    const reason = await work().then(() => null, messageOf);
    pause = reason === null ? everyMs : Math.min(pause * 2, longestPauseMs);
    if ((reason !== null) === isFailing) continue;
    isFailing = reason !== null;
    onChange(reason);
  }
}
