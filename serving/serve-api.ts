import { createLogger } from '../platform/logging.js';
import { isOneOfSeveral, tellReady } from './processes/cluster-worker.js';
import { runProcesses } from './processes/cluster-primary.js';
import { runApi, type RunApiOptions } from './run-api.js';

/**
 * Runs the prediction API in this process, or as several that share its port (`SERVE_PROCESSES`), until the signal aborts.
 * @throws PipelineError as `runApi` and `runProcesses`.
 */
export async function serveApi(options: RunApiOptions): Promise<void> {
  const { config, signal } = options;
  if (isOneOfSeveral()) return runApi({ ...options, onReady: tellReady });
  if (config.api.processes === 1) return runApi(options);
  const logger = options.logger ?? createLogger({ level: config.logLevel, name: 'api' });
  const { endpoints, onReady } = options;
  return runProcesses({ config, endpoints, signal, logger, ...(onReady && { onReady }) });
}
