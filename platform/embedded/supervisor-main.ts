/** Entry point of the detached process that runs the platform; started by `ensurePlatform`, stopped with SIGTERM. */
import { keepBuildInUse } from '../build-in-use.js';
import { inheritedConfig } from '../config/load-config.js';
import { BUSY_EXIT } from './ensure.js';
import { runSupervisor } from './supervisor.js';
import { createLogger } from '../logging.js';

keepBuildInUse();
const config = inheritedConfig();
const logger = createLogger({ level: config.logLevel, name: 'supervisor' });
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
process.on('SIGHUP', () => undefined); // continues when the terminal that started it closes

const ending = await runSupervisor({
  config,
  workers: !process.argv.includes('--no-workers'),
  signal: stop.signal,
  logger,
});
logger.info({ ending }, 'supervisor ended');
process.exit({ stopped: 0, failed: 1, busy: BUSY_EXIT }[ending]);
