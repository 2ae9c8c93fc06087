import type { Logger } from 'pino';
import { asPipelineError, type ErrorCode, PipelineError, pipelineError } from '../../contracts/errors.js';
import type { ModelRegistry, VersionRecord } from '../../contracts/registry.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { LoadAttempts } from './load-attempts.js';
import { type Borrowed, type HeldArtefact, holdArtefact } from './held-artefact.js';
import { activeLine, findRoute, noRoutes, type Route, type RouteTable, type RouteWish } from './route-table.js';

export interface RouterDeps {
  readonly registry: Pick<ModelRegistry, 'listServing' | 'lastTransition'>;
  readonly findSourceInUse: () => Promise<string | null>;
  /** Opens and verifies the artefact of a version. */
  readonly open: (record: VersionRecord) => Promise<OpenArtefact>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Told of each version that could not be opened, once, and of each that was. */
  readonly onLoad?: (record: VersionRecord, failure: LoadFailure | null) => void;
  /** Milliseconds that never go back. @default performance.now */
  readonly now?: () => number;
}

/** A version that could not be opened. */
export interface LoadFailure {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly artefactHash: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** The loaded version of the same stage that answers in its place; null: none does. */
  readonly insteadVersion: string | null;
}

/** A version in use. */
export interface BorrowedVersion extends Borrowed {
  readonly record: VersionRecord;
}

/** Where requests go, from memory: no request asks the registry. */
export interface Router {
  table(): RouteTable;
  failures(): readonly LoadFailure[];
  /** Whether the registry was read at least once and the versions of the active line were opened. */
  isReady(): boolean;
  /**
   * The version that answers; it stays open until it is released, whatever becomes of the table meanwhile.
   * @throws PipelineError as `findRoute`; `MODEL_NOT_LOADED`, `ARTEFACT_OUTDATED`.
   */
  borrow(modelName: string, wish: RouteWish): Promise<BorrowedVersion>;
  /**
   * Reads the registry; opens and verifies what is new, then replaces the table at once. A version that cannot be opened
   * leaves the one before it in its place.
   */
  refresh(): Promise<void>;
  /** As `refresh`, when something has changed since, or it is time to try again what could not be opened. */
  refreshIfChanged(): Promise<void>;
  close(): void;
}

const samePlace = (a: VersionRecord, b: VersionRecord): boolean =>
  a.modelName === b.modelName && a.line === b.line && a.stage === b.stage;

/** What a request is told: what helps where a person can help, else only that the version is not there. */
const notLoaded = ({ modelName, version }: VersionRecord, cause: unknown): PipelineError =>
  cause instanceof PipelineError && cause.code === 'ARTEFACT_OUTDATED'
    ? cause
    : pipelineError('MODEL_NOT_LOADED', { modelName, version }, { cause });

/** What operators are told. */
function reasonOf(fault: unknown): PipelineError {
  const error = asPipelineError(fault);
  return error.code === 'MODEL_NOT_LOADED' ? asPipelineError(error.cause) : error;
}

const isSameFailure = (a: LoadFailure, b: LoadFailure): boolean =>
  a.modelName === b.modelName && a.line === b.line && a.version === b.version;

export function createRouter(deps: RouterDeps): Router {
  return new RegistryRouter(deps);
}

/** What the table was built from; changes whenever another one may be. */
interface Mark {
  readonly transition: string;
  readonly sourceInUse: string | null;
}

class RegistryRouter implements Router {
  readonly #deps: RouterDeps;
  readonly #attempts: LoadAttempts;
  #table: RouteTable = noRoutes;
  #failures: readonly LoadFailure[] = [];
  #mark: Mark | null = null;
  #refreshing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

  constructor(deps: RouterDeps) {
    this.#deps = deps;
    this.#attempts = new LoadAttempts(deps.now ?? (() => performance.now()));
  }

  table(): RouteTable {
    return this.#table;
  }

  failures(): readonly LoadFailure[] {
    return this.#failures;
  }

  isReady(): boolean {
    return this.#mark !== null;
  }

  async borrow(modelName: string, wish: RouteWish): Promise<BorrowedVersion> {
    const { record, artefact } = findRoute(this.#table, modelName, wish);
    return { ...(await artefact.borrow()), record };
  }

  /** Calls that come while one runs share the next one. */
  refresh(): Promise<void> {
    this.#waiting ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#waiting = null;
        return (this.#refreshing = this.#readRegistry());
      });
    return this.#waiting;
  }

  async refreshIfChanged(): Promise<void> {
    const isDue = this.#failures.some(({ artefactHash }) => this.#attempts.isDue(artefactHash));
    if (isDue || this.#isNew(await this.#readMark())) await this.refresh();
  }

  #isNew({ transition, sourceInUse }: Mark): boolean {
    return transition !== this.#mark?.transition || sourceInUse !== this.#mark.sourceInUse;
  }

  close(): void {
    for (const { artefact } of this.#table.routes) artefact.retire();
    this.#table = noRoutes;
  }

  async #readMark(): Promise<Mark> {
    const [transition, sourceInUse] = await Promise.all([
      this.#deps.registry.lastTransition(),
      this.#deps.findSourceInUse(),
    ]);
    return { transition, sourceInUse };
  }

  async #readRegistry(): Promise<void> {
    const mark = await this.#readMark(); // before the list, so that a change between the two is seen by the next look
    if (this.#isNew(mark)) this.#attempts.reset();
    const records = await this.#deps.registry.listServing();
    const failures: LoadFailure[] = [];
    const routes = await Promise.all(
      records.map((record) => this.#routeTo(record, activeLine(mark), (failure) => failures.push(failure))),
    );
    this.#swap({ routes, sourceInUse: mark.sourceInUse });
    this.#failures = failures;
    this.#mark = mark;
  }

  /** Versions of the active line are opened ahead, others by their first request. */
  async #routeTo(record: VersionRecord, line: string, fail: (failure: LoadFailure) => void): Promise<Route> {
    const artefact = this.#heldArtefactOf(record);
    if (record.line !== line) return { record, artefact };
    try {
      await artefact.open();
      return { record, artefact };
    } catch (fault) {
      const { code, message } = reasonOf(fault);
      const former = this.#loadedBefore(record);
      const { modelName, line: ofLine, version, artefactHash } = record;
      const insteadVersion = former?.record.version ?? null;
      this.#deps.logger.error({ modelName, line: ofLine, version, insteadVersion, err: fault }, 'version not loaded');
      const failure = { modelName, line: ofLine, version, artefactHash, code, message, insteadVersion };
      fail(failure);
      if (!this.#failures.some((known) => isSameFailure(known, failure))) this.#deps.onLoad?.(record, failure);
      return former ?? { record, artefact };
    }
  }

  /** What answers where the record belongs, if it was ever opened. */
  #loadedBefore(record: VersionRecord): Route | null {
    return this.#table.routes.find((route) => samePlace(route.record, record) && route.artefact.isOpen()) ?? null;
  }

  #heldArtefactOf(record: VersionRecord): HeldArtefact {
    const known = this.#table.routes.find(({ record: { artefactHash } }) => artefactHash === record.artefactHash);
    return known?.artefact ?? holdArtefact(() => this.#open(record));
  }

  async #open(record: VersionRecord): Promise<OpenArtefact> {
    const { modelName, version, artefactHash } = record;
    const load = () => this.#deps.open(record);
    const opened = await this.#attempts.load(artefactHash, load).catch((cause: unknown) => {
      throw notLoaded(record, cause);
    });
    this.#deps.logger.info({ modelName, line: record.line, version }, 'version loaded');
    this.#deps.onLoad?.(record, null);
    return opened;
  }

  #swap(next: RouteTable): void {
    const former = this.#table;
    this.#table = next;
    const kept = new Set(next.routes.map(({ artefact }) => artefact));
    for (const { artefact } of former.routes) if (!kept.has(artefact)) artefact.retire();
  }
}
