import type { Logger } from 'pino';
import { asPipelineError } from '../../contracts/errors.js';
import { aborted } from '../aborted.js';
import type { Config } from '../config/config.js';
import { addressFingerprints, artifactUriOf } from './addresses.js';
import { API_PART, apiPort, planApi } from './api-server.js';
import type { Endpoints } from './endpoints.js';
import { openSealedBlobStore, sealingBy } from '../blobs/open.js';
import { removeAbandoned } from '../temporary-folders.js';
import { damageReportedBy, expectUndamaged } from './damage.js';
import { endOrphans } from './orphans.js';
import type { PlanContext, PlannedPart } from './plan.js';
import { planDatabase, planOnlineStore, planOrchestrator, portNames } from './plan.js';
import { identityOf } from './processes/identity.js';
import { tryLock } from './processes/lock.js';
import { freePorts } from './processes/ports.js';
import { loadSecrets } from './secrets.js';
import type { ServicePlan } from './service.js';
import type { PlatformPart, PlatformState } from './state.js';
import { lockFolder, logFile, makeHome, readState, writeState } from './state.js';
import type { SupervisedService } from './supervise.js';
import { supervise } from './supervise.js';
import type { UiGateway } from './temporal/ui-gateway.js';
import { pagesIn } from './temporal/report-pages.js';
import { admittingUrl, startUiGateway } from './temporal/ui-gateway.js';
import { planWorker, workerRoles } from './workers.js';

/** Settings of one supervisor run. */
export interface SupervisorOptions {
  readonly config: Config;
  /** False: services only. */
  readonly workers: boolean;
  /** On abort all parts are stopped, workers first. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

const KEPT_LINES = 50;

/**
 * Runs the platform of one state directory until the signal aborts: starts services (unless foreign) and workers,
 * restarts those that crash, and writes `state.json`. One supervisor runs per directory.
 * @returns `busy` when another supervisor holds the directory's lock, else how this one ended.
 */
export async function runSupervisor(options: SupervisorOptions): Promise<'busy' | 'stopped' | 'failed'> {
  makeHome(options.config.home);
  const lock = tryLock(lockFolder(options.config.home));
  if (lock === null) return 'busy';
  try {
    return await new Supervisor(options).run();
  } finally {
    lock.release();
  }
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #previous: PlatformState | null;
  readonly #running: SupervisedService[] = [];
  #gateway: UiGateway | null = null;
  #state: PlatformState;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#previous = readState(options.config.home);
    this.#state = initialState(options, this.#previous);
  }

  async run(): Promise<'stopped' | 'failed'> {
    const { signal, logger } = this.#options;
    try {
      this.#update({});
      await this.#start();
      this.#update({ phase: 'ready' });
      logger.info('platform ready');
      await untilAborted(signal);
    } catch (fault) {
      if (!signal.aborted) return await this.#fail(fault);
    }
    this.#update({ phase: 'stopping' });
    await this.#stopAll();
    this.#update({ phase: 'stopped', endpoints: null });
    return 'stopped';
  }

  async #fail(fault: unknown): Promise<'failed'> {
    const { code, message } = asPipelineError(fault);
    this.#options.logger.error({ err: fault, code }, 'platform failed to start');
    await this.#stopAll();
    this.#update({ phase: 'failed', fault: { code, message } });
    return 'failed';
  }

  async #start(): Promise<void> {
    const left = await endOrphans(this.#previous, this.#progress);
    removeAbandoned(this.#options.config.home);
    this.#forgetEnded(left);
    const endpoints = await this.#startServices();
    this.#update({ endpoints });
    if (!this.#options.workers || this.#options.signal.aborted) return;
    const { config } = this.#options;
    const workers = workerRoles.map((role) => this.#supervise(planWorker(role, config, endpoints)));
    await allFinished([...workers, this.#startApi(config, endpoints)]);
  }

  async #startApi(config: Config, endpoints: Endpoints): Promise<void> {
    const { [API_PART]: former, ...others } = this.#state.ports;
    const port = await apiPort(config.api, { former, taken: Object.values(others) });
    this.#update({ ports: { ...others, [API_PART]: port } });
    await this.#supervise(planApi(config, endpoints, port));
  }

  async #startServices(): Promise<Endpoints> {
    const { config, signal } = this.#options;
    expectUndamaged(config.home);
    const ports = await freePorts(portNames, this.#state.ports);
    this.#update({ ports: { ...this.#state.ports, ...ports } });
    const secrets = loadSecrets(config.home);
    const context: PlanContext = { config, secrets, ports, signal, onProgress: this.#progress };
    const database = planDatabase(context).then((planned) => {
      this.#update({ postgresData: planned.dataFolder });
      return this.#startPart(planned);
    });
    const onlineStore = planOnlineStore(context).then((planned) => this.#startPart(planned));
    const orchestrator = planOrchestrator(context).then((planned) => this.#startPart(planned));
    await allFinished([database, onlineStore, orchestrator]);
    const databaseUrl = await database;
    const { address, uiServerPort } = await orchestrator;
    const uiUrl = await this.#openUi(uiServerPort, context);
    return {
      temporal: { address, namespace: config.temporal.namespace, uiUrl },
      databaseUrl,
      backendDatabaseUrl: config.backendDatabaseUrl,
      redisUrl: await onlineStore,
      artifactUri: artifactUriOf(config),
    };
  }

  /** Starts the gateway before the UI. @returns the address that admits a browser; null when there is no UI here. */
  async #openUi(target: number | null, { config, ports, secrets }: PlanContext): Promise<string | null> {
    if (target === null) return null;
    const port = ports['temporal-ui'];
    const findPage = pagesIn(openSealedBlobStore(artifactUriOf(config), config.cache, sealingBy(config)));
    const admission = { allowedHosts: config.uiAllowedHosts, token: secrets.ui };
    this.#gateway = await startUiGateway({ port, target, findPage, ...admission });
    return admittingUrl(port, secrets.ui);
  }

  async #startPart<Address>({ start, record, address }: PlannedPart<Address>): Promise<Address> {
    if (record !== null) this.#record(record);
    if (start !== null && !this.#options.signal.aborted) await this.#supervise(start);
    return address;
  }

  async #supervise(plan: ServicePlan): Promise<void> {
    this.#progress(`starting ${plan.name} (${plan.origin})`);
    const log = logFile(this.#options.config.home, plan.name);
    try {
      this.#running.push(await supervise({ plan, logFile: log, onChange: (part) => this.#record(part) }));
    } catch (fault) {
      throw damageReportedBy(plan.name, this.#options.config.home, fault);
    }
  }

  /** Workers and API first, because they use the services. */
  async #stopAll(): Promise<void> {
    const isWorker = ({ name }: SupervisedService): boolean => name.startsWith('worker-') || name === API_PART;
    await this.#gateway?.close();
    await Promise.all(this.#running.filter(isWorker).map((service) => service.stop()));
    await Promise.all(this.#running.filter((service) => !isWorker(service)).map((service) => service.stop()));
  }

  readonly #progress = (line: string): void => {
    this.#options.logger.info(line);
    const { total, lines } = this.#state.progress;
    this.#update({ progress: { total: total + 1, lines: [...lines, line].slice(-KEPT_LINES) } });
  };

  /** A part that this start does not need, such as the workers with `--no-workers`, would be waited for for ever. */
  #forgetEnded(left: readonly string[]): void {
    this.#update({ parts: this.#state.parts.filter(({ name }) => left.includes(name)) });
  }

  #record(part: PlatformPart): void {
    const known = this.#state.parts.find(({ name }) => name === part.name);
    if (part.lastCrash !== null && part.lastCrash.at !== known?.lastCrash?.at)
      this.#options.logger.error({ service: part.name, restarts: part.restarts }, part.lastCrash.message);
    const others = this.#state.parts.filter(({ name }) => name !== part.name);
    this.#update({ parts: [...others, part] });
  }

  #update(change: Partial<PlatformState>): void {
    this.#state = { ...this.#state, ...change };
    writeState(this.#options.config.home, this.#state);
  }
}

/** The interval keeps the process alive when all services are foreign; signal handlers do not. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  await aborted(signal);
  clearInterval(keepAlive);
}

/** Waits for all promises before it throws the first failure, so that no part is still starting when it is handled. */
async function allFinished(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function initialState({ config, workers }: SupervisorOptions, previous: PlatformState | null): PlatformState {
  const self = identityOf(process.pid);
  if (self === null) throw new Error('this process has no identity');
  return {
    schemaVersion: 1,
    phase: 'starting',
    supervisor: self,
    startedAt: new Date().toISOString(),
    settings: addressFingerprints(config),
    workers,
    ports: previous?.ports ?? {},
    endpoints: null,
    // The previous supervisor's parts stay recorded until `endOrphans` has ended them.
    parts: previous?.parts ?? [],
    postgresData: previous?.postgresData ?? null,
    progress: { total: 0, lines: [] },
    fault: null,
  };
}
