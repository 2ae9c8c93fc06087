import { setTimeout as pause } from 'node:timers/promises';
import { asPipelineError } from '../../contracts/errors.js';
import type { ServicePlan, StartedService } from './service.js';
import { crashOf, startService, stopService, waitUntilReady } from './service.js';
import type { PlatformPart } from './state.js';

/** What to supervise and whom to tell about its changes. */
export interface SuperviseOptions {
  readonly plan: ServicePlan;
  readonly logFile: string;
  /** Called synchronously after each change. */
  readonly onChange: (part: PlatformPart) => void;
  /** Pause before the first restart, doubled with each consecutive crash. @default 500 */
  readonly firstPauseMs?: number;
}

/** A service that is restarted when it ends by itself. */
export interface SupervisedService {
  readonly name: string;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** After this running time the next crash counts as the first one. */
const STABLE_MS = 60_000;

/** Pause in milliseconds before a restart. @param crashes - Consecutive crashes so far, at least 1. */
export const pauseBefore = (crashes: number, firstMs: number): number =>
  Math.min(firstMs * 2 ** (crashes - 1), LONGEST_PAUSE_MS);

/**
 * Starts a service, waits until it answers, and then restarts it with growing pauses whenever it ends.
 * @throws PipelineError `SERVICE_CRASHED`, `SERVICE_UNAVAILABLE` or `SERVICE_NOT_FOUND` when the first start fails.
 */
export async function supervise(options: SuperviseOptions): Promise<SupervisedService> {
  const service = new RestartingService(options);
  try {
    await service.launch();
  } catch (fault) {
    await service.stop();
    throw fault;
  }
  service.restartOnCrash();
  return { name: options.plan.name, stop: () => service.stop() };
}

class RestartingService {
  readonly #options: SuperviseOptions;
  readonly #stopping = new AbortController();
  #part: PlatformPart;
  #current: StartedService | null = null;
  #restartLoop: Promise<void> = Promise.resolve();
  #crashes = 0;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    const { name, version, origin, where, stopSignal } = options.plan;
    this.#part = {
      name,
      status: 'starting',
      version,
      origin,
      where,
      stopSignal,
      log: options.logFile,
      process: null,
      restarts: 0,
      lastCrash: null,
    };
  }

  async launch(): Promise<void> {
    const { plan, logFile } = this.#options;
    this.#current = await startService(plan, logFile);
    this.#report({ process: this.#current.identity });
    await waitUntilReady(this.#current);
    this.#report({ status: 'running' });
  }

  restartOnCrash(): void {
    this.#restartLoop = this.#runRestartLoop();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#stopCurrent();
    await this.#restartLoop;
    await this.#stopCurrent(); // the loop may have started another one
    this.#report({ status: 'stopped', process: null });
  }

  async #runRestartLoop(): Promise<void> {
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
    if (performance.now() - since > STABLE_MS) this.#crashes = 0;
    return crashOf(this.#current);
  }

  /** Restarts the service once. @returns The fault of this attempt; null when the service answers. */
  async #recover(fault: unknown): Promise<unknown> {
    this.#crashes += 1;
    await this.#stopCurrent(); // the process may hang, and its child processes may still run
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

  async #stopCurrent(): Promise<void> {
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
