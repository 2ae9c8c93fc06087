const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

interface Failed {
  readonly fault: unknown;
  readonly pauseMs: number;
  readonly until: number;
}

/**
 * Loads artefacts, and one that failed only after a pause again: each attempt takes the time of answers. The pause grows
 * from five seconds to five minutes, twice as long after each failure.
 */
export class LoadAttempts {
  readonly #now: () => number;
  readonly #failed = new Map<string, Failed>();

  /** @param now - milliseconds that never go back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Loads it, unless that failed within the pause: then rejects with the fault of the last attempt. */
  async load<Loaded>(artefactHash: string, load: () => Promise<Loaded>): Promise<Loaded> {
    const before = this.#failed.get(artefactHash);
    if (before !== undefined && this.#now() < before.until) throw before.fault;
    try {
      const loaded = await load();
      this.#failed.delete(artefactHash);
      return loaded;
    } catch (fault) {
      const pauseMs = before === undefined ? FIRST_PAUSE_MS : Math.min(2 * before.pauseMs, LONGEST_PAUSE_MS);
      this.#failed.set(artefactHash, { fault, pauseMs, until: this.#now() + pauseMs });
      throw fault;
    }
  }

  /** Whether the next `load` of an artefact that failed tries again. */
  isDue(artefactHash: string): boolean {
    const failed = this.#failed.get(artefactHash);
    return failed !== undefined && this.#now() >= failed.until;
  }

  /** Ends all pauses, for the next attempts are under other circumstances. */
  reset(): void {
    this.#failed.clear();
  }
}
