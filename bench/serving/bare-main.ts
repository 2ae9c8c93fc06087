import { connectServices } from '../../composition/services.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { inheritedConfig } from '../../platform/config/load-config.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { createLogger } from '../../platform/logging.js';
import { createApi } from '../../serving/api.js';
import type { TrafficLimits } from '../../serving/limits/traffic-limits.js';
import type { PredictionLog } from '../../serving/log/prediction-log.js';
import { listen } from '../../serving/listen.js';
import { routerOf } from '../../serving/run-api.js';
import { createTurnMeter } from './turn-meter.js';

/* The prediction API without tokens, rates, cache and log, to compare with a bare server of another kind. Says how long turns of its
 * event loop take. Prints its port. */

const anybody = { subject: 'bench', scopes: new Set(['admin']), userId: null };
const unlimited: TrafficLimits = {
  request: () => ({ allowed: true, limit: null, remaining: Infinity, resetSeconds: 0 }),
  spend: () => undefined,
};
const predictionLog: PredictionLog = {
  append: () => undefined,
  appendDurably: () => Promise.resolve(),
  status: () => ({ status: 'ok', waiting: 0, dropped: 0, spooled: 0 }),
};

const config = inheritedConfig();
const logger = createLogger({ level: 'error', name: 'bare-api' });
const services = await connectServices(config, findEndpoints(config), logger);
const router = routerOf(services, config, logger);
await router.refresh();
const app = await createApi({
  push: () => Promise.reject(new Error('not measured')),
  ...{ router, logger, limits: unlimited, cacheRedis: null, onlineStore: services.onlineStore },
  settings: { ...config.api, traffic: { ...config.api.traffic, mostInFlight: 100_000 } },
  models: await loadCatalogue(),
  verifyToken: () => Promise.resolve(anybody),
  services: () => [],
  predictionLog,
  feedback: { database: services.pool, keys: { verify: () => false, open: () => Buffer.alloc(0) } },
});
const turns = createTurnMeter();
app.post('/bench/turns', ({ body }) => {
  if (body === 'start') turns.start();
  return body === 'start' ? {} : { longestMs: turns.stop() };
});
const port = await listen(app, config.api);
process.stdout.write(`${port}\n`);
