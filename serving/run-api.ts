import type { Logger } from 'pino';
import { asPipelineError } from '../contracts/errors.js';
import { connectServices, type Services } from '../composition/services.js';
import { findSourceInUse } from '../datasets/sources/source-in-use.js';
import { sourceOfLine } from '../contracts/ids.js';
import { referenceOf } from '../contracts/feature-view.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { definedViews } from '../feature-store/definitions/index.js';
import { freshnessOf } from '../feature-store/online/freshness.js';
import { pushFeatures } from '../feature-store/online/push-features.js';
import { createAlertBook } from '../monitoring/alerts/alerts.js';
import type { OpenArtefact } from '../inference/answer.js';
import { trainedWith } from '../inference/request-features.js';
import { type DriftScore, driftScores } from '../monitoring/drift/drift-scores.js';
import { limitsOf } from '../monitoring/drift/limits.js';
import { findModel, findMonitored, loadCatalogue } from '../models/catalogue.js';
import { aborted } from '../platform/aborted.js';
import type { Config } from '../platform/config/config.js';
import type { Endpoints } from '../platform/embedded/endpoints.js';
import { openKeyRing } from '../platform/keys/key-ring.js';
import { endpointOf } from '../platform/outbox/outbox.js';
import { createLogger } from '../platform/logging.js';
import { createApi } from './api.js';
import { followFreshness } from './health/follow-freshness.js';
import { mlflowServer } from './health/mlflow.js';
import { type FollowedValue, followValue } from './follow-value.js';
import { followFeatureRates } from './metrics/feature-rates.js';
import { type ServiceWatch, watchServices } from './health/watch-services.js';
import { readTokenKeys } from './identity/token-keys.js';
import { createVerifier } from './identity/verify-token.js';
import { openTraffic } from './limits/open-traffic.js';
import { listen } from './listen.js';
import { openPredictionLog } from './log/open-log.js';
import type { PushFeatures } from './routes/push-features.js';
import { followRegistry } from './routing/follow-registry.js';
import { requireKnownRoutes, routeOf } from './predictions/model-route.js';
import { openServed } from './routing/open-served.js';
import { alertOfLoads } from './routing/load-alerts.js';
import { activeLine } from './routing/route-table.js';
import { createRouter, type Router, type RouterDeps } from './routing/router.js';
import { deliverWebhooks } from '../platform/outbox/deliver-webhooks.js';

export interface RunApiOptions {
  readonly config: Config;
  readonly endpoints: Endpoints;
  /** On abort no new request is taken, running ones end, and the promise resolves. */
  readonly signal: AbortSignal;
  /** Called once it listens and every version of the active line was opened. */
  readonly onReady?: (port: number) => void;
  readonly logger?: Logger;
  /** Pause between two looks at the registry; notifications come besides. @default 5000 */
  readonly pollMs?: number;
}

/** A request by reference is not to wait for a store that hangs. */
const ONLINE_LIMITS = { commandTimeoutMs: 500 };

/**
 * Runs the prediction API until the signal aborts.
 * @throws PipelineError `INVALID_CONFIG` for port, host or keys; `SERVICE_UNAVAILABLE` when the registry does not answer
 *   at the start.
 */
export async function runApi(options: RunApiOptions): Promise<void> {
  const { config, endpoints, signal } = options;
  const logger = options.logger ?? createLogger({ level: config.logLevel, name: 'api' });
  const models = await loadCatalogue();
  requireKnownRoutes('MODEL_VARIANTS', config.api.modelVariants, models);
  const verifyToken = createVerifier(config.api, readTokenKeys(config));
  const keys = await openKeyRing(config);
  const services = await connectServices(config, endpoints, logger, ONLINE_LIMITS);
  const receivers = config.webhookUrls.map(endpointOf);
  const alerts = createAlertBook(services.pool, receivers);
  const router = routerOf(services, config, logger, alertOfLoads(alerts, logger));
  const watch = watchOf(services, config, logger);
  const { redisUrl, databaseUrl } = endpoints;
  const traffic = openTraffic({ redisUrl, settings: config.api.traffic, logger });
  const { home, predictionLog } = config;
  const predictions = openPredictionLog({ databaseUrl, home, keys, ...predictionLog, logger });
  const featureRates = followFeatureRates({
    statistics: services.featureStatistics,
    findSource: () => findSourceOf(services, config),
    logger,
  });
  const drift = await driftFollowed(services, models, { config, logger });
  const freshness = freshnessFollowed(services, { router, models, logger });
  const app = await createApi({
    ...{ router, verifyToken, logger, settings: config.api, services: () => watch.health(), ...traffic },
    models,
    onlineStore: services.onlineStore,
    push: pushOf(services),
    predictionLog: predictions.log,
    driftScores: drift.latest,
    featureRates: featureRates.latest,
    freshness: freshness.latest,
    feedback: { database: services.pool, keys },
  });
  let followed: Promise<unknown> = Promise.resolve();
  try {
    const port = await listen(app, config.api);
    await Promise.all([router.refresh(), watch.look()]);
    logger.info({ port }, 'the API answers');
    options.onReady?.(port);
    followed = Promise.all([
      followRegistry({ router, databaseUrl, signal, logger, ...pollOf(options) }),
      watch.follow(signal),
      predictions.follow(signal),
      drift.follow(signal),
      featureRates.follow(signal),
      freshness.follow(signal),
      deliverWebhooks({ database: services.pool, endpoints: receivers, keys }, { signal, logger }),
    ]);
    await aborted(signal);
  } finally {
    await app.close();
    await Promise.all([followed, traffic.close()]);
    await predictions.close();
    router.close();
    await services.close();
  }
}

const pollOf = ({ pollMs }: RunApiOptions): { readonly pollMs?: number } => (pollMs === undefined ? {} : { pollMs });

/** What the online store has of the source that answers go by, as `ml features status` shows it. */
function freshnessFollowed(
  { onlineStore }: Services,
  { router, models, logger }: { readonly router: Router; readonly models: readonly ModelDefinition[]; readonly logger: Logger }, // prettier-ignore
): ReturnType<typeof followFreshness> {
  const states = models.flatMap((model) => model.states ?? []);
  const read = () => {
    const source = sourceOfLine(activeLine(router.table()));
    return freshnessOf(onlineStore, source, { views: definedViews, states, now: Date.now() });
  };
  return followFreshness({ read, logger });
}

/** Pushes with their entries in the audit log, which names no customer. */
const pushOf =
  ({ blobs, onlineStore: store, featureLog, snapshotLog, audit }: Services): PushFeatures =>
  (push, actor) =>
    audit.record(async (append) => {
      const pushed = await pushFeatures({ blobs, store, featureLog, snapshotLog }, push);
      const rows = Object.values(push.rows).reduce((sum, some) => sum + some.length, 0);
      await append({
        actor,
        action: 'features.pushed',
        subject: referenceOf(push.view),
        details: { source: push.source, rows },
      });
      return pushed;
    });

const findSourceOf = ({ catalog }: Pick<Services, 'catalog'>, config: Config): Promise<string | null> =>
  findSourceInUse(catalog, { ownBackend: config.backendDatabaseUrl !== null });

/** The router over the registry and blobs of an installation. */
export const routerOf = (
  { registry, catalog, blobs, requireSigned }: Services,
  config: Config,
  logger: Logger,
  onLoad: NonNullable<RouterDeps['onLoad']> = () => undefined,
): Router =>
  createRouter({
    onLoad,
    registry,
    findSourceInUse: () => findSourceOf({ catalog }, config),
    open: async (record) => {
      const variant = config.api.modelVariants[routeOf(await findModel(record.modelName))];
      const open = await openServed({ blobs, findModel, requireSigned }, { ...record, variant });
      warnOfViews(await findModel(record.modelName), open, logger);
      return open;
    },
    logger,
  });

/** A version whose views this program does not define answers requests with all inputs, and none by reference. */
function warnOfViews({ requestFeatures }: ModelDefinition, { manifest }: OpenArtefact, logger: Logger): void {
  if (requestFeatures === undefined) return;
  try {
    trainedWith(requestFeatures, manifest);
  } catch (fault) {
    const { code, message } = asPipelineError(fault);
    logger.warn({ model: manifest.modelName, line: manifest.line, code }, message);
  }
}

/** Scores of the stored checks, each line's share of drifted columns in units of the model's limit. */
async function driftFollowed(
  { pool }: Services,
  models: readonly ModelDefinition[],
  { config: { drift }, logger }: { readonly config: Config; readonly logger: Logger },
): Promise<FollowedValue<readonly DriftScore[]>> {
  const monitored = await Promise.all(models.map(({ name }) => findMonitored(name)));
  const limits = new Map(monitored.map((model) => [model.name, limitsOf(model, drift).mostShare]));
  const read = () => driftScores(pool, models, (name) => limits.get(name) ?? drift.mostShare);
  return followValue<readonly DriftScore[]>({ what: 'results of checks for drift', initial: [], read, logger });
}

const watchOf = ({ pool, onlineStore }: Services, { api: { mlflowUri } }: Config, logger: Logger): ServiceWatch =>
  watchServices(
    [
      { name: 'registry', ping: () => pool.query('select 1') },
      { name: `online-store (${onlineStore.kind})`, ping: () => onlineStore.ping() },
      ...(mlflowUri === null ? [] : [mlflowServer(mlflowUri)]),
    ],
    ({ name, status }, reason) => logger.info({ service: name, status, reason }, 'service changed'),
  );
