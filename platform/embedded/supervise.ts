import { setTimeout as pause } from 'node:timers/promises';
import { asPipelineError } from '../../contracts/errors.js';
import type { ServicePlan, StartedService } from './service.js';
import { crashOf, startService, stopService, waitUntilReady } from './service.js';
import type { PlatformPart } from './state.js';

export interface SuperviseOptions {
  readonly plan: ServicePlan;
  readonly logFile: string;
  /** Called in the same turn of the loop as what it reports. */
  readonly onChange: (part: PlatformPart) => void;
  /** Pause before the first restart; doubles with each crash in a row. @default 500 */
  readonly firstPauseMs?: number;
}

/** A service that is started again when it ends by itself. */
export interface SupervisedService {
  readonly name: string;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A service that lived this long starts anew at the first pause. */
const STEADY_MS = 60_000;

/** Milliseconds before the restart after this many crashes in a row, 1 the first. */
export const pauseBefore = (crashes: number, firstMs: number): number =>
  Math.min(firstMs * 2 ** (crashes - 1), LONGEST_PAUSE_MS);

/**
 * Starts a service, waits until it answers, and from then on restarts it with growing pauses whenever it ends.
 * @throws PipelineError `SERVICE_CRASHED`, `SERVICE_UNAVAILABLE` or `SERVICE_NOT_FOUND` when the first start fails.
 */
export async function supervise(options: SuperviseOptions): Promise<SupervisedService> {
  const keeper = new Keeper(options);
  try {
    await keeper.launch();
  } catch (fault) {
    await keeper.stop();
    throw fault;
  }
  keeper.keep();
  return { name: options.plan.name, stop: () => keeper.stop() };
}

class Keeper {
  readonly #options: SuperviseOptions;
  readonly #stopping = new AbortController();
  #part: PlatformPart;
  #current: StartedService | null = null;
  #kept: Promise<void> = Promise.resolve();
  #crashes = 0;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    const { name, version, origin, where, stopSignal } = options.plan;
    const nothingYet = { process: null, restarts: 0, lastCrash: null };
    this.#part = { name, status: 'starting', version, origin, where, stopSignal, log: options.logFile, ...nothingYet };
  }

  async launch(): Promise<void> {
    const { plan, logFile } = this.#options;
    this.#current = await startService(plan, logFile);
    this.#report({ process: this.#current.identity });
    await waitUntilReady(this.#current);
    this.#report({ status: 'running' });
  }

  keep(): void {
    this.#kept = this.#keepAlive();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#end();
    await this.#kept;
    await this.#end();
    this.#report({ status: 'stopped', process: null });
  }

  async #keepAlive(): Promise<void> {
    let fault: unknown = null;
    while (!this.#isStopping()) {
      fault ??= await this.#nextCrash();
      if (this.#isStopping()) return;
      fault = await this.#recover(fault);
    }
  }

  async #nextCrash(): Promise<unknown> {
    if (this.#current === null) return null;
    const since = performance.now();
    await this.#current.ended;
    if (performance.now() - since > STEADY_MS) this.#crashes = 0;
    return crashOf(this.#current);
  }

  /** @returns What went wrong again; null when the service answers. */
  async #recover(fault: unknown): Promise<unknown> {
    this.#crashes += 1;
    await this.#end(); // it may hang without answering, and what it started may have outlived it
    const lastCrash = { at: new Date().toISOString(), message: asPipelineError(fault).message };
    this.#report({ status: 'restarting', process: null, restarts: this.#part.restarts + 1, lastCrash });
    await this.#pause();
    if (this.#isStopping()) return null;
    try {
      await this.launch();
      return null;
    } catch (next) {
      return next;
    }
  }

  async #end(): Promise<void> {
    if (this.#current !== null) await stopService(this.#current);
  }

  async #pause(): Promise<void> {
    const milliseconds = pauseBefore(this.#crashes, this.#options.firstPauseMs ?? FIRST_PAUSE_MS);
    await pause(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #report(change: Partial<PlatformPart>): void {
    this.#part = { ...this.#part, ...change };
    this.#options.onChange(this.#part);
  }
}
