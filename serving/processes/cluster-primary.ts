import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { AggregatorRegistry, type PrometheusContentType } from 'prom-client';
import { PipelineError } from '../../contracts/errors.js';
import { aborted } from '../../platform/aborted.js';
import type { Config } from '../../platform/config/config.js';
import { allocatorEnvironment, serveCommand } from '../../platform/embedded/api-server.js';
import { configEnvironment, endpointEnvironment } from '../../platform/embedded/config-environment.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { restart } from '../../platform/restart.js';
import { fromProcess, type ToProcess } from './messages.js';

export interface RunProcessesOptions {
  readonly config: Config;
  readonly endpoints: Endpoints;
  /** On abort all processes are asked to end, and the promise resolves when they have. */
  readonly signal: AbortSignal;
  /** Called once all of them answer. */
  readonly onReady?: (port: number) => void;
  readonly logger: Logger;
}

/** A process that does not end by itself is ended. */
const STOP_MS = 18_000;
/** Before a process that ended is started again. */
const PAUSES = { firstPauseMs: 500, longestPauseMs: 30_000 };

/**
 * Runs `SERVE_PROCESSES` processes of the API behind one port, and starts each again that ends unasked. Connections go
 * to them in turn.
 * @throws PipelineError `SERVICE_CRASHED` when a process ends before it was ready for the first time.
 */
export async function runProcesses(options: RunProcessesOptions): Promise<void> {
  const { config, endpoints, signal, logger } = options;
  const { file: exec, args } = launchOf();
  cluster.setupPrimary({ ...exec, args });
  const env = { ...configEnvironment(config), ...endpointEnvironment(endpoints), ...allocatorEnvironment };
  const collect: Collector = new AggregatorRegistry();
  const stopping = new AbortController();
  signal.addEventListener('abort', () => stopping.abort());
  if (signal.aborted) stopping.abort();
  const start = (): Worker => {
    const worker = cluster.fork(env);
    worker.on('message', (message) => void answer(worker, message, collect));
    return worker;
  };
  const kept = Array.from({ length: config.api.processes }, () => keep(start, stopping.signal, logger));
  try {
    const ports = await Promise.race([Promise.all(kept.map(({ ready }) => ready)), aborted(stopping.signal)]);
    if (ports !== undefined) options.onReady?.(ports[0]!);
    await aborted(stopping.signal);
  } finally {
    stopping.abort();
    await Promise.all(kept.map(({ ended }) => ended));
  }
}

/** This program again, as `ml serve`. */
function launchOf() {
  const { args } = serveCommand();
  const entry = args.length - 2;
  return { file: { exec: args[entry]!, execArgv: args.slice(0, entry) }, args: args.slice(entry + 1) };
}

type Collector = AggregatorRegistry<PrometheusContentType>;

async function answer(worker: Worker, message: unknown, collect: Collector): Promise<void> {
  const { data } = fromProcess.safeParse(message);
  if (data?.kind !== 'metrics-wanted') return;
  const text = await collect.clusterMetrics().catch(() => null);
  const reply: ToProcess = { kind: 'metrics', id: data.id, text };
  if (worker.isConnected()) worker.send(reply);
}

/** A process that is started again whenever it ends. */
interface Kept {
  /** Its port, when it answers for the first time. */
  readonly ready: Promise<number>;
  /** Resolves when it was asked to stop and has. */
  readonly ended: Promise<void>;
}

function keep(start: () => Worker, signal: AbortSignal, logger: Logger): Kept {
  const { promise: ready, resolve, reject } = deferred<number>();
  let wasReady = false;
  async function run(): Promise<boolean> {
    const worker = start();
    worker.on('message', (message) => {
      const { data } = fromProcess.safeParse(message);
      if (data?.kind !== 'ready') return;
      wasReady = true;
      resolve(data.port);
    });
    const code = await ending(worker, signal);
    if (signal.aborted) return false;
    if (wasReady) logger.error({ pid: worker.process.pid, code }, 'a process of the API ended; starting it again');
    else reject(crashed(code));
    return wasReady;
  }
  return { ready, ended: restart(run, { ...PAUSES, signal }) };
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (fault: Error) => void = () => undefined;
  const promise = new Promise<Value>((done, failed) => ([resolve, reject] = [done, failed]));
  promise.catch(() => undefined); // also when nobody waits any more
  return { promise, resolve, reject };
}

const crashed = (code: number | null): PipelineError =>
  new PipelineError('SERVICE_CRASHED', `a process of the API ended with ${code ?? 'a signal'} before it answered`);

/** Waits for the end of a process, which is asked for when the signal aborts. @returns its exit code. */
async function ending(worker: Worker, signal: AbortSignal): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => worker.once('exit', (code) => resolve(code)));
  const stop = (): void => {
    worker.process.kill('SIGTERM');
    const late = setTimeout(() => worker.process.kill('SIGKILL'), STOP_MS);
    void ended.then(() => clearTimeout(late));
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return ended.finally(() => signal.removeEventListener('abort', stop));
}
